import type { Words } from "./en.ts";

/** All texts of the connect pages in Portuguese. */
export const pt: Words = {
  errorTitle: "Erro: {title}",
  actions: {
    tryAgain: "Tentar novamente",
    back: "Voltar para {partner}",
    close: "Você pode fechar esta página.",
  },
  consent: {
    title: "Conectar {provider}",
    titleOwnServer: "Conectar sua conta de e-mail",
    asks: "{partner} solicita acesso aos e-mails desta conta.",
    heading: "O que {partner} recebe",
    newMail:
      "Cada novo e-mail desta conta, completo: remetente, destinatários, assunto, texto e anexos.",
    oldMail:
      "Isso continua até você desconectar a conta. {partner} também pode solicitar e-mails que já estão na caixa de correio.",
    readOnly: "Seus e-mails são apenas lidos. Nada é alterado ou excluído na caixa de correio.",
    password: "Sua senha é armazenada de forma criptografada. {partner} não a recebe.",
    ending:
      "Você pode encerrar isso a qualquer momento, com um link de desconexão de {partner} ou nas configurações de segurança da sua conta de e-mail.",
    privacy: "Política de privacidade de {partner}",
    terms: "Termos de uso de {partner}",
    signIn:
      "Em seguida, {provider} pede que você faça login e permita o acesso. Você digita sua senha apenas lá.",
    continue: "Continuar para {provider}",
    cancel: "Cancelar e voltar para {partner}",
  },
  choice: {
    heading: "Usar outro provedor",
  },
  detected: {
    address: "Este é um endereço de {provider}.",
    continueHere: "Para continuar aqui mesmo assim, digite sua senha novamente.",
    noPasswords: "{provider} não aceita senhas de outros programas de e-mail.",
    askPartner: "Peça a {partner} um link com o qual você possa fazer login em {provider}.",
  },
  form: {
    login: "Usuário, normalmente o endereço de e-mail",
    password: "Senha",
    host: "Servidor de e-mail (IMAP), como imap.example.com",
    hostHint:
      "Deixe este campo vazio se o seu endereço for de um provedor conhecido, como GMX ou iCloud.",
    port: "Porta",
    security: "Criptografia",
    tls: "TLS (usual, porta 993)",
    starttls: "STARTTLS (porta 143)",
    submit: "Conectar",
    appPasswordRequired:
      "{provider} exige aqui uma senha de aplicativo, e não a senha da sua conta.",
    appPasswordUsual:
      "Muitos provedores exigem aqui uma senha de aplicativo em vez da senha da conta.",
    howToGetPassword: "Como obter essa senha",
    away: "Não foi possível verificar o login no momento. Nada mudou. Tente novamente em um minuto.",
  },
  faults: {
    login_missing: "Informe seu usuário.",
    password_missing: "Informe sua senha.",
    host_missing: "Informe o servidor de e-mail.",
    host_invalid: "Este não é um nome de servidor válido, como imap.example.com.",
    port_invalid: "Informe um número, como 993.",
    security_missing: "Escolha como a conexão é criptografada.",
    too_long: "O texto é longo demais.",
    characters: "O texto contém caracteres que não são permitidos.",
  },
  trying: {
    title: "Conectando sua conta",
    received: "Seus dados foram recebidos.",
    loggingIn: "Fazendo login em {server}. Isso pode levar até {duration}.",
    next: "Depois disso, {partner} recebe os novos e-mails.",
    stay: "Mantenha esta página aberta. Ela continua sozinha.",
  },
  done: {
    connected: "A conta está conectada",
    connectedText: "{partner} agora recebe os novos e-mails desta conta.",
    disconnected: "A conta está desconectada",
    disconnectedText: "{partner} não recebe mais e-mails desta conta.",
    saved: "Sua conta foi salva",
    savedText:
      "Ainda estamos tentando fazer login. Se o seu servidor de e-mail recusar, você receberá um novo link de {partner}.",
  },
  disconnect: {
    title: "Desconectar {account}",
    account: "sua conta ({provider})",
    text: "{partner} deixará de receber e-mails desta conta, e as credenciais armazenadas serão excluídas. {partner} mantém os e-mails que já recebeu. Nada é alterado ou excluído na caixa de correio.",
    submit: "Desconectar",
    keep: "Manter conectada",
    nothing: "Nenhuma conta está conectada",
    nothingText:
      "{partner} não tem acesso à sua conta ({provider}): ela nunca foi conectada ou já está desconectada. Você não precisa fazer nada.",
  },
  refusals: {
    invalid: {
      title: "Este link não funciona",
      text: "O endereço está incompleto ou não é um dos nossos links. Copie o link inteiro ou peça um novo ao aplicativo que o enviou.",
    },
    expired: {
      title: "Este link expirou",
      text: "Os links funcionam apenas por pouco tempo. Volte ao aplicativo que o enviou e peça um novo.",
    },
    spent: {
      title: "Este link já foi usado",
      text: "Cada link funciona uma única vez. Sua alteração anterior continua valendo. Para fazer outra, peça um novo link.",
    },
    gone: {
      title: "Esta conta não existe mais aqui",
      text: "Ela foi removida ou arquivada e, por isso, não pode ser conectada.",
    },
    disabled: {
      title: "Este tipo de conta não pode ser conectado",
      text: "Ele está desativado no momento.",
    },
    not_set_up: {
      title: "Este tipo de conta ainda não está configurado",
      text: "O aplicativo que enviou você até aqui não está registrado no provedor. Entre em contato com o suporte dele.",
    },
    state: {
      title: "Esta resposta não pode ser usada",
      text: "A resposta do provedor está incompleta, é antiga demais ou foi alterada no caminho. Comece de novo com o link que você recebeu.",
    },
    browser: {
      title: "Você começou em outro navegador",
      text: "Termine no navegador em que abriu o link, com os cookies ativados. Ou comece de novo com o link que você recebeu.",
    },
    origin: {
      title: "Este formulário veio de outro site",
      text: "Abra o link que você recebeu e preencha o formulário nele.",
    },
    too_many_tries: {
      title: "Tentativas demais",
      text: "O login foi recusado muitas vezes. Verifique os dados em um programa de e-mail e depois peça um novo link ao aplicativo que enviou este.",
    },
    try_ended: {
      title: "Esta tentativa de login terminou",
      text: "Ela demorou demais ou foi substituída por outra. Nada mudou.",
    },
  },
  notConnected: {
    title: "A conta não foi conectada",
    useAccount: "Você entrou com uma conta diferente. Use {email}.",
  },
  failures: {
    access_denied: "Você não permitiu o acesso.",
    insufficient_scope:
      "Você não permitiu a leitura de e-mails. Conecte novamente e deixe essa permissão selecionada.",
    no_refresh_token:
      "O provedor concedeu acesso apenas por pouco tempo. Remova o acesso do aplicativo nas configurações da sua conta no provedor e conecte-a novamente.",
    email_missing: "O provedor não enviou o endereço de e-mail da conta.",
    email_unverified: "O endereço de e-mail da conta não está verificado no provedor.",
    login_refused:
      "O servidor de e-mail recusou o login. Verifique se a conta tem uma caixa de correio e se programas de e-mail (IMAP) são permitidos para ela.",
    wrong_account: "Você entrou com uma conta diferente da esperada.",
    email_taken: "Esta conta já está conectada a outro usuário.",
    provider_error: "O provedor enviou uma resposta inesperada.",
    temporarily_unavailable:
      "O provedor não está acessível no momento. Tente novamente mais tarde.",
  },
  errors: {
    title: "Algo deu errado",
    unreadable:
      "Nada mudou. Não foi possível ler os dados do formulário. Abra o link que você recebeu e preencha o formulário novamente.",
    later: "Nada mudou. Tente novamente em um minuto, com o link que você recebeu.",
  },
  reasons: {
    wrong_password:
      "O servidor de e-mail recusou o login: verifique o usuário e a senha. Muitos provedores exigem aqui uma senha de aplicativo.",
    consent_withdrawn:
      "O provedor não aceita mais nosso acesso à conta, porque ele foi revogado, expirou ou a senha foi alterada: conecte a conta novamente.",
    consent_incomplete:
      "O provedor exige uma ação do titular da conta (um segundo fator, um novo consentimento ou uma verificação do dispositivo): conecte a conta novamente.",
    token_refused:
      "O servidor de e-mail recusou um token de acesso que o provedor acabara de emitir: verifique se a conta tem uma caixa de correio e se o consentimento inclui e-mails e conecte-a novamente.",
    client_refused:
      "O provedor recusou o cliente OAuth desta conexão: é preciso verificar o ID e o segredo do cliente.",
    no_client:
      "A conexão não tem um cliente OAuth: é preciso informar o ID e o segredo do cliente.",
    imap_disabled:
      "O IMAP está desativado para esta conta: ative-o nas configurações de e-mail do provedor ou fale com o administrador da conta.",
    authenticated_not_connected:
      "O login funcionou, mas o provedor não abre a caixa de correio: verifique se a conta tem uma caixa de correio com licença e se o IMAP é permitido.",
    app_password_required:
      "O provedor exige uma senha de aplicativo em vez da senha da conta: crie uma nas configurações de segurança da conta.",
    web_login_required:
      "O provedor exige primeiro um login com um navegador: entre por lá, siga as instruções e espere até tentarmos novamente.",
    account_locked:
      "O provedor bloqueou a conta: entre com um navegador, siga as instruções e informe a senha novamente.",
    oauth_required:
      "O provedor não aceita mais senhas de programas de e-mail: conecte a conta pelo login do próprio provedor.",
    certificate_not_trusted:
      "O certificado TLS do servidor de e-mail não é confiável: ele expirou, é de outro nome ou vem de uma autoridade desconhecida.",
    host_not_found: "O nome do servidor de e-mail não tem endereço: verifique o nome do servidor.",
    host_not_allowed:
      "O endereço do servidor de e-mail não é público: use um servidor acessível pela internet.",
    tls_required:
      "O servidor de e-mail só aceita logins por uma conexão criptografada: escolha TLS ou STARTTLS como criptografia.",
    no_tls_on_port:
      "O servidor de e-mail não usa TLS nesta porta: escolha STARTTLS como criptografia ou a porta para TLS, normalmente 993.",
    starttls_not_offered:
      "O servidor de e-mail não oferece STARTTLS nesta porta: escolha TLS como criptografia e a porta dele, normalmente 993.",
    tls_too_old:
      "O servidor de e-mail só usa versões de TLS que não são mais seguras: o administrador precisa atualizá-lo.",
    not_imap:
      "O servidor com este nome e porta não é um servidor IMAP: verifique o nome, a porta e a criptografia.",
    mechanism_missing:
      "O servidor de e-mail não oferece o método de login desta conta: verifique o nome do servidor e o provedor.",
    connection_refused:
      "Nada responde no nome e na porta do servidor de e-mail: verifique os dois.",
    timeout:
      "O servidor de e-mail não respondeu a tempo: verifique o nome, a porta e a criptografia.",
    too_many_connections:
      "A conta tem conexões demais com o servidor de e-mail: tentaremos novamente. Fechar outros programas de e-mail ajuda.",
    connection_lost: "A conexão com o servidor de e-mail foi perdida: tentaremos novamente.",
    server_unavailable:
      "O servidor de e-mail informa que não está disponível no momento: tentaremos novamente.",
    server_too_slow:
      "O servidor de e-mail envia os e-mails devagar demais: lemos em pequenos passos, com pausas.",
    command_refused: "O servidor de e-mail recusou um comando: tentaremos novamente.",
    server_sent_too_much:
      "O servidor de e-mail enviou muito mais do que foi pedido: tentaremos novamente após uma pausa.",
    server_crashed_us:
      "Nosso processo parou enquanto observava a conta, e o servidor de e-mail já havia causado danos: tentaremos novamente após uma pausa.",
    server_stalled_us:
      "As respostas do servidor de e-mail demoraram demais para serem processadas: tentaremos novamente após uma pausa.",
    provider_unavailable:
      "O serviço de login do provedor não responde como deveria: tentaremos novamente, e você não precisa fazer nada.",
    internal: "Algo deu errado do nosso lado: tentaremos novamente.",
    refused_by_webhook: "O aplicativo respondeu 403 a um evento desta conta.",
  },
};
