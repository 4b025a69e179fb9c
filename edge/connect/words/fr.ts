import type { Words } from "./en.ts";

/** All texts of the connect pages in French. */
export const fr: Words = {
  errorTitle: "Erreur : {title}",
  actions: {
    tryAgain: "Réessayer",
    back: "Retour à {partner}",
    close: "Vous pouvez fermer cette page.",
  },
  consent: {
    title: "Connecter {provider}",
    titleOwnServer: "Connecter votre compte de messagerie",
    asks: "{partner} demande l’accès aux e-mails de ce compte.",
    heading: "Ce que {partner} reçoit",
    newMail:
      "Chaque nouvel e-mail de ce compte, en entier : expéditeur, destinataires, objet, texte et pièces jointes.",
    oldMail:
      "Cela dure jusqu’à ce que vous déconnectiez le compte. {partner} peut aussi demander des e-mails déjà présents dans la boîte aux lettres.",
    readOnly:
      "Vos e-mails sont seulement lus. Rien n’est modifié ni supprimé dans votre messagerie.",
    password: "Votre mot de passe est enregistré chiffré. {partner} ne le reçoit pas.",
    ending:
      "Vous pouvez y mettre fin à tout moment, avec un lien de déconnexion fourni par {partner} ou dans les paramètres de sécurité de votre compte de messagerie.",
    privacy: "Politique de confidentialité de {partner}",
    terms: "Conditions d’utilisation de {partner}",
    signIn:
      "{provider} vous demande ensuite de vous identifier et d’autoriser l’accès. Vous ne saisissez votre mot de passe que là-bas.",
    continue: "Continuer vers {provider}",
    cancel: "Annuler et revenir à {partner}",
  },
  choice: {
    heading: "Utiliser un autre fournisseur",
  },
  detected: {
    address: "C’est une adresse de {provider}.",
    continueHere: "Pour continuer ici malgré tout, saisissez à nouveau votre mot de passe.",
    noPasswords: "{provider} n’accepte pas les mots de passe des autres logiciels de messagerie.",
    askPartner: "Demandez à {partner} un lien qui vous permet de vous identifier chez {provider}.",
  },
  form: {
    login: "Identifiant, généralement l’adresse e-mail",
    password: "Mot de passe",
    host: "Serveur de messagerie (IMAP), par exemple imap.example.com",
    hostHint:
      "Laissez ce champ vide si votre adresse appartient à un fournisseur connu, comme GMX ou iCloud.",
    port: "Port",
    security: "Chiffrement",
    tls: "TLS (courant, port 993)",
    starttls: "STARTTLS (port 143)",
    submit: "Connecter",
    appPasswordRequired:
      "{provider} exige ici un mot de passe d’application, et non le mot de passe de votre compte.",
    appPasswordUsual:
      "De nombreux fournisseurs exigent ici un mot de passe d’application au lieu du mot de passe du compte.",
    howToGetPassword: "Comment obtenir ce mot de passe",
    away: "Nous n’avons pas pu vérifier la connexion pour le moment. Rien n’a changé. Réessayez dans une minute.",
  },
  faults: {
    login_missing: "Saisissez votre identifiant.",
    password_missing: "Saisissez votre mot de passe.",
    host_missing: "Saisissez le serveur de messagerie.",
    host_invalid: "Ce n’est pas un nom de serveur valide, comme imap.example.com.",
    port_invalid: "Saisissez un nombre, par exemple 993.",
    security_missing: "Choisissez comment la connexion est chiffrée.",
    too_long: "La saisie est trop longue.",
    characters: "La saisie contient des caractères non autorisés.",
  },
  trying: {
    title: "Connexion de votre compte",
    received: "Vos informations sont bien arrivées.",
    loggingIn: "Connexion à {server} en cours. Cela peut prendre jusqu’à {duration}.",
    next: "Ensuite, {partner} reçoit les nouveaux e-mails.",
    stay: "Gardez cette page ouverte. La suite est automatique.",
  },
  done: {
    connected: "Le compte est connecté",
    connectedText: "{partner} reçoit désormais les nouveaux e-mails de ce compte.",
    disconnected: "Le compte est déconnecté",
    disconnectedText: "{partner} ne reçoit plus d’e-mails de ce compte.",
    saved: "Votre compte est enregistré",
    savedText:
      "Nous essayons encore de nous connecter. Si votre serveur de messagerie refuse la connexion, {partner} vous enverra un nouveau lien.",
  },
  disconnect: {
    title: "Déconnecter {account}",
    account: "votre compte ({provider})",
    text: "{partner} ne recevra plus d’e-mails de ce compte, et les identifiants enregistrés seront supprimés. {partner} conserve les e-mails déjà reçus. Rien n’est modifié ni supprimé dans votre messagerie.",
    submit: "Déconnecter",
    keep: "Rester connecté",
    nothing: "Aucun compte n’est connecté",
    nothingText:
      "{partner} n’a pas accès à votre compte ({provider}) : il n’a jamais été connecté, ou il est déjà déconnecté. Vous n’avez rien à faire.",
  },
  refusals: {
    invalid: {
      title: "Ce lien ne fonctionne pas",
      text: "L’adresse est incomplète, ou ce n’est pas l’un de nos liens. Copiez le lien en entier, ou demandez-en un nouveau à l’application qui l’a envoyé.",
    },
    expired: {
      title: "Ce lien a expiré",
      text: "Les liens ne sont valables que peu de temps. Retournez à l’application qui l’a envoyé et demandez-en un nouveau.",
    },
    spent: {
      title: "Ce lien a déjà été utilisé",
      text: "Chaque lien ne fonctionne qu’une fois. Votre modification précédente reste en vigueur. Pour en faire une autre, demandez un nouveau lien.",
    },
    gone: {
      title: "Ce compte n’existe plus ici",
      text: "Il a été supprimé ou archivé et ne peut donc pas être connecté.",
    },
    disabled: {
      title: "Ce type de compte ne peut pas être connecté",
      text: "Il est actuellement désactivé.",
    },
    not_set_up: {
      title: "Ce type de compte n’est pas encore configuré",
      text: "L’application qui vous a envoyé ici n’est pas enregistrée auprès du fournisseur. Veuillez contacter son assistance.",
    },
    state: {
      title: "Cette réponse ne peut pas être utilisée",
      text: "La réponse du fournisseur est incomplète, trop ancienne ou a été modifiée en chemin. Recommencez avec le lien que vous avez reçu.",
    },
    browser: {
      title: "Vous avez commencé dans un autre navigateur",
      text: "Terminez dans le navigateur où vous avez ouvert le lien, avec les cookies activés. Ou recommencez avec le lien que vous avez reçu.",
    },
    origin: {
      title: "Ce formulaire provient d’un autre site",
      text: "Ouvrez le lien que vous avez reçu et remplissez-y le formulaire.",
    },
    too_many_tries: {
      title: "Trop d’essais",
      text: "La connexion a été refusée trop souvent. Vérifiez vos identifiants dans un logiciel de messagerie, puis demandez un nouveau lien à l’application qui vous a envoyé celui-ci.",
    },
    try_ended: {
      title: "Cette tentative de connexion est terminée",
      text: "Elle a duré trop longtemps ou a été remplacée par une autre. Rien n’a changé.",
    },
  },
  notConnected: {
    title: "Le compte n’a pas été connecté",
    useAccount: "Vous vous êtes connecté avec un autre compte. Utilisez {email}.",
  },
  failures: {
    access_denied: "Vous n’avez pas autorisé l’accès.",
    insufficient_scope:
      "Vous n’avez pas autorisé la lecture des e-mails. Connectez à nouveau le compte en laissant cette autorisation cochée.",
    no_refresh_token:
      "Le fournisseur n’a accordé l’accès que pour peu de temps. Supprimez l’accès de l’application dans les paramètres de votre compte chez le fournisseur, puis connectez-le à nouveau.",
    email_missing: "Le fournisseur n’a pas transmis l’adresse e-mail du compte.",
    email_unverified: "L’adresse e-mail du compte n’est pas vérifiée chez le fournisseur.",
    login_refused:
      "Le serveur de messagerie a refusé la connexion. Vérifiez que le compte a une boîte aux lettres et que les logiciels de messagerie (IMAP) y sont autorisés.",
    wrong_account: "Vous vous êtes connecté avec un autre compte que celui attendu.",
    email_taken: "Ce compte est déjà connecté, sous un autre utilisateur.",
    provider_error: "Le fournisseur a envoyé une réponse inattendue.",
    temporarily_unavailable: "Le fournisseur est injoignable pour le moment. Réessayez plus tard.",
  },
  errors: {
    title: "Une erreur s’est produite",
    unreadable:
      "Rien n’a changé. Les données du formulaire n’ont pas pu être lues. Ouvrez le lien que vous avez reçu et remplissez à nouveau le formulaire.",
    later: "Rien n’a changé. Réessayez dans une minute, avec le lien que vous avez reçu.",
  },
  reasons: {
    wrong_password:
      "Le serveur de messagerie a refusé la connexion : vérifiez l’identifiant et le mot de passe. De nombreux fournisseurs exigent ici un mot de passe d’application.",
    consent_withdrawn:
      "Le fournisseur n’accepte plus notre accès au compte, car il a été retiré, a expiré ou le mot de passe a changé : connectez à nouveau le compte.",
    consent_incomplete:
      "Le fournisseur attend une action du titulaire du compte (second facteur, nouvelle autorisation ou vérification de l’appareil) : connectez à nouveau le compte.",
    token_refused:
      "Le serveur de messagerie a refusé un jeton d’accès que le fournisseur venait d’émettre : vérifiez que le compte a une boîte aux lettres et que l’autorisation inclut les e-mails, puis connectez-le à nouveau.",
    client_refused:
      "Le fournisseur a refusé le client OAuth de cette connexion : son identifiant et son secret doivent être vérifiés.",
    no_client:
      "La connexion n’a pas de client OAuth : son identifiant et son secret doivent être renseignés.",
    imap_disabled:
      "IMAP est désactivé pour ce compte : activez-le dans les paramètres de messagerie du fournisseur, ou demandez à l’administrateur du compte.",
    authenticated_not_connected:
      "La connexion a réussi, mais le fournisseur n’ouvre pas la boîte aux lettres : vérifiez que le compte a une boîte aux lettres avec licence et qu’IMAP y est autorisé.",
    app_password_required:
      "Le fournisseur exige un mot de passe d’application au lieu de celui du compte : créez-en un dans les paramètres de sécurité du compte.",
    web_login_required:
      "Le fournisseur exige d’abord une connexion avec un navigateur web : connectez-vous-y, suivez ses instructions et attendez notre prochain essai.",
    account_locked:
      "Le fournisseur a verrouillé le compte : connectez-vous avec un navigateur web, suivez ses instructions et saisissez à nouveau le mot de passe.",
    oauth_required:
      "Le fournisseur n’accepte plus les mots de passe des logiciels de messagerie : connectez le compte par la page de connexion du fournisseur.",
    certificate_not_trusted:
      "Le certificat TLS du serveur de messagerie n’est pas fiable : il a expiré, porte un autre nom ou vient d’une autorité inconnue.",
    host_not_found:
      "Le nom du serveur de messagerie n’a pas d’adresse : vérifiez le nom du serveur.",
    host_not_allowed:
      "L’adresse du serveur de messagerie n’est pas publique : utilisez un serveur accessible depuis Internet.",
    tls_required:
      "Le serveur de messagerie n’accepte les connexions que chiffrées : choisissez TLS ou STARTTLS comme chiffrement.",
    no_tls_on_port:
      "Le serveur de messagerie ne parle pas TLS sur ce port : choisissez STARTTLS comme chiffrement, ou le port pour TLS, généralement 993.",
    starttls_not_offered:
      "Le serveur de messagerie ne propose pas STARTTLS sur ce port : choisissez TLS comme chiffrement et son port, généralement 993.",
    tls_too_old:
      "Le serveur de messagerie ne parle que des versions de TLS qui ne sont plus sûres : son administrateur doit le mettre à jour.",
    not_imap:
      "Le serveur à ce nom et à ce port n’est pas un serveur IMAP : vérifiez le nom, le port et le chiffrement.",
    mechanism_missing:
      "Le serveur de messagerie ne prend pas en charge la méthode de connexion de ce compte : vérifiez le nom du serveur et le fournisseur.",
    connection_refused:
      "Rien ne répond au nom et au port du serveur de messagerie : vérifiez les deux.",
    timeout:
      "Le serveur de messagerie n’a pas répondu à temps : vérifiez le nom, le port et le chiffrement.",
    too_many_connections:
      "Le compte a trop de connexions à son serveur de messagerie : nous réessayons. Fermer d’autres logiciels de messagerie aide.",
    connection_lost: "La connexion au serveur de messagerie a été perdue : nous réessayons.",
    server_unavailable:
      "Le serveur de messagerie indique qu’il n’est pas disponible pour le moment : nous réessayons.",
    server_too_slow:
      "Le serveur de messagerie envoie ses e-mails trop lentement : nous les lisons par petites étapes, avec des pauses.",
    command_refused: "Le serveur de messagerie a refusé une commande : nous réessayons.",
    server_sent_too_much:
      "Le serveur de messagerie a envoyé bien plus que demandé : nous réessayons après une pause.",
    server_crashed_us:
      "Notre processus s’est arrêté pendant qu’il surveillait le compte, et le serveur de messagerie avait déjà causé des dommages : nous réessayons après une pause.",
    server_stalled_us:
      "Les réponses du serveur de messagerie ont été trop longues à traiter : nous réessayons après une pause.",
    provider_unavailable:
      "Le service de connexion du fournisseur ne répond pas comme prévu : nous réessayons, vous n’avez rien à faire.",
    internal: "Une erreur s’est produite de notre côté : nous réessayons.",
    refused_by_webhook: "L’application a répondu 403 à un événement de ce compte.",
  },
};
