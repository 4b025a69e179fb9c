import type { Words } from "./en.ts";

/** All texts of the connect pages in German. */
export const de: Words = {
  errorTitle: "Fehler: {title}",
  actions: {
    tryAgain: "Erneut versuchen",
    back: "Zurück zu {partner}",
    close: "Sie können diese Seite schließen.",
  },
  consent: {
    title: "{provider} verbinden",
    titleOwnServer: "E-Mail-Konto verbinden",
    asks: "{partner} bittet um Zugriff auf die E-Mails in diesem Konto.",
    heading: "Das erhält {partner}",
    newMail:
      "Jede neue E-Mail in diesem Konto, vollständig: Absender, Empfänger, Betreff, Text und Anhänge.",
    oldMail:
      "Das gilt, bis Sie das Konto trennen. {partner} kann auch E-Mails anfordern, die bereits im Postfach liegen.",
    readOnly:
      "Ihre E-Mails werden nur gelesen. Im Postfach wird nichts verändert und nichts gelöscht.",
    password: "Ihr Passwort wird verschlüsselt gespeichert. {partner} erhält es nicht.",
    ending:
      "Sie können das jederzeit beenden: mit einem Link zum Trennen von {partner} oder in den Sicherheitseinstellungen Ihres E-Mail-Kontos.",
    privacy: "Datenschutzerklärung von {partner}",
    terms: "Nutzungsbedingungen von {partner}",
    signIn:
      "{provider} fordert Sie danach auf, sich anzumelden und den Zugriff zu erlauben. Ihr Passwort geben Sie nur dort ein.",
    continue: "Weiter zu {provider}",
    cancel: "Abbrechen und zurück zu {partner}",
  },
  choice: {
    heading: "Anderen Anbieter verwenden",
  },
  detected: {
    address: "Das ist eine Adresse von {provider}.",
    continueHere: "Um stattdessen hier fortzufahren, geben Sie Ihr Passwort noch einmal ein.",
    noPasswords: "{provider} akzeptiert keine Passwörter von anderen E-Mail-Programmen.",
    askPartner:
      "Bitten Sie {partner} um einen Link, mit dem Sie sich bei {provider} anmelden können.",
  },
  form: {
    login: "Anmeldename, meist die E-Mail-Adresse",
    password: "Passwort",
    host: "Mailserver (IMAP), zum Beispiel imap.example.com",
    hostHint:
      "Lassen Sie dieses Feld leer, wenn Ihre Adresse zu einem bekannten Anbieter wie GMX oder iCloud gehört.",
    port: "Port",
    security: "Verschlüsselung",
    tls: "TLS (üblich, Port 993)",
    starttls: "STARTTLS (Port 143)",
    submit: "Verbinden",
    appPasswordRequired:
      "{provider} verlangt hier ein App-Passwort, nicht das Passwort Ihres Kontos.",
    appPasswordUsual:
      "Viele Anbieter verlangen hier ein App-Passwort anstelle des Passworts Ihres Kontos.",
    howToGetPassword: "So erhalten Sie ein solches Passwort",
    away: "Die Anmeldung konnte gerade nicht geprüft werden. Es hat sich nichts geändert. Versuchen Sie es in einer Minute erneut.",
  },
  faults: {
    login_missing: "Geben Sie Ihren Anmeldenamen ein.",
    password_missing: "Geben Sie Ihr Passwort ein.",
    host_missing: "Geben Sie den Mailserver ein.",
    host_invalid: "Das ist kein gültiger Servername wie imap.example.com.",
    port_invalid: "Geben Sie eine Zahl ein, zum Beispiel 993.",
    security_missing: "Wählen Sie aus, wie die Verbindung verschlüsselt wird.",
    too_long: "Die Eingabe ist zu lang.",
    characters: "Die Eingabe enthält Zeichen, die nicht erlaubt sind.",
  },
  trying: {
    title: "Ihr Konto wird verbunden",
    received: "Ihre Angaben sind angekommen.",
    loggingIn: "Anmeldung bei {server} läuft. Das kann bis zu {duration} dauern.",
    next: "Danach erhält {partner} neue E-Mails.",
    stay: "Lassen Sie diese Seite geöffnet. Es geht von selbst weiter.",
  },
  done: {
    connected: "Das Konto ist verbunden",
    connectedText: "{partner} erhält jetzt neue E-Mails aus diesem Konto.",
    disconnected: "Das Konto ist getrennt",
    disconnectedText: "{partner} erhält keine E-Mails mehr aus diesem Konto.",
    saved: "Ihr Konto ist gespeichert",
    savedText:
      "Die Anmeldung wird weiter versucht. Wenn Ihr Mailserver sie ablehnt, erhalten Sie einen neuen Link von {partner}.",
  },
  disconnect: {
    title: "{account} trennen",
    account: "Ihr Konto ({provider})",
    text: "{partner} erhält keine E-Mails mehr aus diesem Konto, und die gespeicherten Zugangsdaten werden gelöscht. {partner} behält die E-Mails, die bereits übermittelt wurden. Im Postfach wird nichts verändert und nichts gelöscht.",
    submit: "Trennen",
    keep: "Verbunden lassen",
    nothing: "Es ist kein Konto verbunden",
    nothingText:
      "{partner} hat keinen Zugriff auf Ihr Konto ({provider}): Es war nie verbunden oder ist bereits getrennt. Sie müssen nichts tun.",
  },
  refusals: {
    invalid: {
      title: "Dieser Link funktioniert nicht",
      text: "Die Adresse ist unvollständig, oder es ist keiner unserer Links. Kopieren Sie den ganzen Link, oder fordern Sie in der Anwendung, die ihn gesendet hat, einen neuen an.",
    },
    expired: {
      title: "Dieser Link ist abgelaufen",
      text: "Links sind nur kurze Zeit gültig. Gehen Sie zurück zu der Anwendung, die ihn gesendet hat, und fordern Sie einen neuen an.",
    },
    spent: {
      title: "Dieser Link wurde bereits verwendet",
      text: "Jeder Link funktioniert nur einmal. Ihre frühere Änderung gilt weiterhin. Fordern Sie für eine weitere Änderung einen neuen Link an.",
    },
    gone: {
      title: "Dieses Konto gibt es hier nicht mehr",
      text: "Es wurde entfernt oder archiviert und kann daher nicht verbunden werden.",
    },
    disabled: {
      title: "Diese Art von Konto kann nicht verbunden werden",
      text: "Sie ist derzeit deaktiviert.",
    },
    not_set_up: {
      title: "Diese Art von Konto ist noch nicht eingerichtet",
      text: "Die Anwendung, von der Sie kommen, ist beim Anbieter nicht registriert. Bitte wenden Sie sich an ihren Support.",
    },
    state: {
      title: "Diese Antwort kann nicht verwendet werden",
      text: "Die Antwort des Anbieters ist unvollständig, zu alt oder wurde unterwegs verändert. Beginnen Sie noch einmal mit dem Link, den Sie erhalten haben.",
    },
    browser: {
      title: "Sie haben in einem anderen Browser begonnen",
      text: "Schließen Sie den Vorgang in dem Browser ab, in dem Sie den Link geöffnet haben, und erlauben Sie Cookies. Oder beginnen Sie noch einmal mit dem Link, den Sie erhalten haben.",
    },
    origin: {
      title: "Dieses Formular kam von einer anderen Website",
      text: "Öffnen Sie den Link, den Sie erhalten haben, und füllen Sie das Formular dort aus.",
    },
    too_many_tries: {
      title: "Zu viele Versuche",
      text: "Die Anmeldung wurde zu oft abgelehnt. Prüfen Sie die Zugangsdaten in einem E-Mail-Programm, und fordern Sie dann in der Anwendung, von der dieser Link stammt, einen neuen an.",
    },
    try_ended: {
      title: "Dieser Anmeldeversuch ist beendet",
      text: "Er hat zu lange gedauert oder wurde durch einen anderen ersetzt. Es hat sich nichts geändert.",
    },
  },
  notConnected: {
    title: "Das Konto wurde nicht verbunden",
    useAccount: "Sie haben sich mit einem anderen Konto angemeldet. Verwenden Sie {email}.",
  },
  failures: {
    access_denied: "Sie haben den Zugriff nicht erlaubt.",
    insufficient_scope:
      "Sie haben das Lesen von E-Mails nicht erlaubt. Verbinden Sie das Konto erneut, und lassen Sie diese Berechtigung ausgewählt.",
    no_refresh_token:
      "Der Anbieter hat den Zugriff nur für kurze Zeit gewährt. Entfernen Sie den Zugriff der Anwendung in den Kontoeinstellungen beim Anbieter, und verbinden Sie das Konto dann erneut.",
    email_missing: "Der Anbieter hat die E-Mail-Adresse des Kontos nicht übermittelt.",
    email_unverified: "Die E-Mail-Adresse des Kontos ist beim Anbieter nicht bestätigt.",
    login_refused:
      "Der Mailserver hat die Anmeldung abgelehnt. Prüfen Sie, ob das Konto ein Postfach hat und ob E-Mail-Programme (IMAP) dafür erlaubt sind.",
    wrong_account: "Sie haben sich mit einem anderen Konto angemeldet als erwartet.",
    email_taken: "Dieses Konto ist bereits unter einem anderen Benutzer verbunden.",
    provider_error: "Der Anbieter hat eine unerwartete Antwort gesendet.",
    temporarily_unavailable:
      "Der Anbieter ist gerade nicht erreichbar. Versuchen Sie es später erneut.",
  },
  errors: {
    title: "Etwas ist schiefgelaufen",
    unreadable:
      "Es hat sich nichts geändert. Die Angaben konnten nicht gelesen werden. Öffnen Sie den Link, den Sie erhalten haben, und füllen Sie das Formular noch einmal aus.",
    later:
      "Es hat sich nichts geändert. Versuchen Sie es in einer Minute erneut, mit dem Link, den Sie erhalten haben.",
  },
  reasons: {
    wrong_password:
      "Der Mailserver hat die Anmeldung abgelehnt: Prüfen Sie Anmeldename und Passwort. Viele Anbieter verlangen hier ein App-Passwort.",
    consent_withdrawn:
      "Der Anbieter akzeptiert den Zugriff auf das Konto nicht mehr, weil er widerrufen wurde, abgelaufen ist oder das Passwort geändert wurde: Verbinden Sie das Konto erneut.",
    consent_incomplete:
      "Der Anbieter verlangt, dass der Inhaber des Kontos etwas tut (zweiter Faktor, neue Zustimmung oder Geräteprüfung): Verbinden Sie das Konto erneut.",
    token_refused:
      "Der Mailserver hat ein Zugriffstoken abgelehnt, das der Anbieter gerade ausgestellt hat: Prüfen Sie, ob das Konto ein Postfach hat und die Zustimmung E-Mails umfasst, und verbinden Sie es dann erneut.",
    client_refused:
      "Der Anbieter hat den OAuth-Client dieser Verbindung abgelehnt: Client-ID und Client-Secret müssen geprüft werden.",
    no_client:
      "Die Verbindung hat keinen OAuth-Client: Client-ID und Client-Secret müssen eingetragen werden.",
    imap_disabled:
      "IMAP ist für dieses Konto ausgeschaltet: Schalten Sie es in den E-Mail-Einstellungen des Anbieters ein, oder fragen Sie den Administrator des Kontos.",
    authenticated_not_connected:
      "Die Anmeldung war erfolgreich, aber der Anbieter öffnet das Postfach nicht: Prüfen Sie, ob das Konto ein Postfach mit Lizenz hat und IMAP dafür erlaubt ist.",
    app_password_required:
      "Der Anbieter verlangt ein App-Passwort anstelle des Kontopassworts: Erstellen Sie eines in den Sicherheitseinstellungen des Kontos.",
    web_login_required:
      "Der Anbieter verlangt zuerst eine Anmeldung im Webbrowser: Melden Sie sich dort an, folgen Sie den Anweisungen, und warten Sie, bis wir es erneut versuchen.",
    account_locked:
      "Der Anbieter hat das Konto gesperrt: Melden Sie sich im Webbrowser an, folgen Sie den Anweisungen, und geben Sie das Passwort erneut ein.",
    oauth_required:
      "Der Anbieter akzeptiert keine Passwörter von E-Mail-Programmen mehr: Verbinden Sie das Konto über die Anmeldung des Anbieters.",
    certificate_not_trusted:
      "Dem TLS-Zertifikat des Mailservers wird nicht vertraut: Es ist abgelaufen, gilt für einen anderen Namen oder stammt von einer unbekannten Stelle.",
    host_not_found: "Der Name des Mailservers hat keine Adresse: Prüfen Sie den Servernamen.",
    host_not_allowed:
      "Die Adresse des Mailservers ist nicht öffentlich: Verwenden Sie einen Server, der aus dem Internet erreichbar ist.",
    tls_required:
      "Der Mailserver nimmt Anmeldungen nur über eine verschlüsselte Verbindung an: Wählen Sie TLS oder STARTTLS als Verschlüsselung.",
    no_tls_on_port:
      "Der Mailserver spricht auf diesem Port kein TLS: Wählen Sie STARTTLS als Verschlüsselung oder den Port für TLS, meist 993.",
    starttls_not_offered:
      "Der Mailserver bietet auf diesem Port kein STARTTLS an: Wählen Sie TLS als Verschlüsselung und den passenden Port, meist 993.",
    tls_too_old:
      "Der Mailserver spricht nur TLS-Versionen, die nicht mehr sicher sind: Sein Administrator muss ihn aktualisieren.",
    not_imap:
      "Der Server unter diesem Namen und Port ist kein IMAP-Server: Prüfen Sie Servername, Port und Verschlüsselung.",
    mechanism_missing:
      "Der Mailserver unterstützt die Anmeldemethode dieses Kontos nicht: Prüfen Sie Servername und Anbieter.",
    connection_refused: "Unter diesem Servernamen und Port antwortet niemand: Prüfen Sie beide.",
    timeout:
      "Der Mailserver hat nicht rechtzeitig geantwortet: Prüfen Sie Servername, Port und Verschlüsselung.",
    too_many_connections:
      "Das Konto hat zu viele Verbindungen zu seinem Mailserver: Wir versuchen es erneut. Es hilft, andere E-Mail-Programme zu schließen.",
    connection_lost: "Die Verbindung zum Mailserver ging verloren: Wir versuchen es erneut.",
    server_unavailable:
      "Der Mailserver meldet, dass er gerade nicht verfügbar ist: Wir versuchen es erneut.",
    server_too_slow:
      "Der Mailserver sendet seine E-Mails zu langsam: Wir lesen sie in kleinen Schritten, mit Pausen dazwischen.",
    command_refused: "Der Mailserver hat einen Befehl abgelehnt: Wir versuchen es erneut.",
    server_sent_too_much:
      "Der Mailserver hat weit mehr gesendet als angefordert: Wir versuchen es nach einer Pause erneut.",
    server_crashed_us:
      "Unser Prozess ist abgestürzt, während er das Konto beobachtete, und der Mailserver hatte zuvor Schaden verursacht: Wir versuchen es nach einer Pause erneut.",
    server_stalled_us:
      "Die Verarbeitung der Antworten des Mailservers dauerte zu lange: Wir versuchen es nach einer Pause erneut.",
    provider_unavailable:
      "Die Anmeldedienste des Anbieters antworten nicht wie erwartet: Wir versuchen es erneut. Sie müssen nichts tun.",
    internal: "Auf unserer Seite ist ein Fehler aufgetreten: Wir versuchen es erneut.",
    refused_by_webhook: "Die Anwendung hat ein Ereignis dieses Kontos mit 403 beantwortet.",
  },
};
