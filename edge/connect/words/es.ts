import type { Words } from "./en.ts";

/** All texts of the connect pages in Spanish. */
export const es: Words = {
  errorTitle: "Error: {title}",
  actions: {
    tryAgain: "Intentar de nuevo",
    back: "Volver a {partner}",
    close: "Puede cerrar esta página.",
  },
  consent: {
    title: "Conectar {provider}",
    titleOwnServer: "Conectar su cuenta de correo",
    asks: "{partner} solicita acceso al correo de esta cuenta.",
    heading: "Qué recibe {partner}",
    newMail:
      "Cada correo nuevo de esta cuenta, completo: remitente, destinatarios, asunto, texto y archivos adjuntos.",
    oldMail:
      "Esto continúa hasta que desconecte la cuenta. {partner} también puede solicitar correos que ya están en el buzón.",
    readOnly: "Su correo solo se lee. No se modifica ni se elimina nada en el buzón.",
    password: "Su contraseña se guarda cifrada. {partner} no la recibe.",
    ending:
      "Puede ponerle fin en cualquier momento, con un enlace de desconexión de {partner} o en los ajustes de seguridad de su cuenta de correo.",
    privacy: "Política de privacidad de {partner}",
    terms: "Condiciones de uso de {partner}",
    signIn:
      "{provider} le pide después que inicie sesión y permita el acceso. Solo introduce su contraseña allí.",
    continue: "Continuar a {provider}",
    cancel: "Cancelar y volver a {partner}",
  },
  choice: {
    heading: "Usar otro proveedor",
  },
  detected: {
    address: "Es una dirección de {provider}.",
    continueHere: "Para continuar aquí de todos modos, introduzca de nuevo su contraseña.",
    noPasswords: "{provider} no acepta contraseñas de otros programas de correo.",
    askPartner: "Pida a {partner} un enlace con el que pueda iniciar sesión en {provider}.",
  },
  form: {
    login: "Usuario, normalmente la dirección de correo",
    password: "Contraseña",
    host: "Servidor de correo (IMAP), por ejemplo imap.example.com",
    hostHint:
      "Deje este campo vacío si su dirección es de un proveedor conocido, como GMX o iCloud.",
    port: "Puerto",
    security: "Cifrado",
    tls: "TLS (habitual, puerto 993)",
    starttls: "STARTTLS (puerto 143)",
    submit: "Conectar",
    appPasswordRequired:
      "{provider} exige aquí una contraseña de aplicación, no la contraseña de su cuenta.",
    appPasswordUsual:
      "Muchos proveedores exigen aquí una contraseña de aplicación en lugar de la contraseña de la cuenta.",
    howToGetPassword: "Cómo obtener esa contraseña",
    away: "No hemos podido comprobar el inicio de sesión en este momento. No ha cambiado nada. Inténtelo de nuevo en un minuto.",
  },
  faults: {
    login_missing: "Introduzca su usuario.",
    password_missing: "Introduzca su contraseña.",
    host_missing: "Introduzca el servidor de correo.",
    host_invalid: "No es un nombre de servidor válido, como imap.example.com.",
    port_invalid: "Introduzca un número, por ejemplo 993.",
    security_missing: "Elija cómo se cifra la conexión.",
    too_long: "El texto es demasiado largo.",
    characters: "El texto contiene caracteres no permitidos.",
  },
  trying: {
    title: "Conectando su cuenta",
    received: "Hemos recibido sus datos.",
    loggingIn: "Iniciando sesión en {server}. Puede tardar hasta {duration}.",
    next: "Después, {partner} recibirá los correos nuevos.",
    stay: "Deje esta página abierta. El proceso continúa automáticamente.",
  },
  done: {
    connected: "La cuenta está conectada",
    connectedText: "{partner} recibe ahora los correos nuevos de esta cuenta.",
    disconnected: "La cuenta está desconectada",
    disconnectedText: "{partner} ya no recibe correos de esta cuenta.",
    saved: "Su cuenta está guardada",
    savedText:
      "Seguimos intentando iniciar sesión. Si su servidor de correo lo rechaza, recibirá un nuevo enlace de {partner}.",
  },
  disconnect: {
    title: "Desconectar {account}",
    account: "su cuenta ({provider})",
    text: "{partner} dejará de recibir correos de esta cuenta y se eliminarán las credenciales guardadas. {partner} conserva los correos que ya ha recibido. No se modifica ni se elimina nada en el buzón.",
    submit: "Desconectar",
    keep: "Mantener conectada",
    nothing: "No hay ninguna cuenta conectada",
    nothingText:
      "{partner} no tiene acceso a su cuenta ({provider}): nunca se conectó o ya está desconectada. No tiene que hacer nada.",
  },
  refusals: {
    invalid: {
      title: "Este enlace no funciona",
      text: "La dirección está incompleta o no es uno de nuestros enlaces. Copie el enlace completo o pida uno nuevo a la aplicación que lo envió.",
    },
    expired: {
      title: "Este enlace ha caducado",
      text: "Los enlaces solo son válidos durante poco tiempo. Vuelva a la aplicación que lo envió y pida uno nuevo.",
    },
    spent: {
      title: "Este enlace ya se ha utilizado",
      text: "Cada enlace funciona una sola vez. Su cambio anterior sigue vigente. Para hacer otro cambio, pida un enlace nuevo.",
    },
    gone: {
      title: "Esta cuenta ya no existe aquí",
      text: "Se eliminó o se archivó, por lo que no se puede conectar.",
    },
    disabled: {
      title: "Este tipo de cuenta no se puede conectar",
      text: "Actualmente está desactivado.",
    },
    not_set_up: {
      title: "Este tipo de cuenta aún no está configurado",
      text: "La aplicación que le ha enviado aquí no está registrada en el proveedor. Póngase en contacto con su servicio de asistencia.",
    },
    state: {
      title: "Esta respuesta no se puede utilizar",
      text: "La respuesta del proveedor está incompleta, es demasiado antigua o se modificó en el camino. Empiece de nuevo con el enlace que recibió.",
    },
    browser: {
      title: "Ha empezado en otro navegador",
      text: "Termine en el navegador en el que abrió el enlace, con las cookies activadas. O empiece de nuevo con el enlace que recibió.",
    },
    origin: {
      title: "Este formulario procede de otro sitio",
      text: "Abra el enlace que recibió y rellene allí el formulario.",
    },
    too_many_tries: {
      title: "Demasiados intentos",
      text: "El inicio de sesión se ha rechazado demasiadas veces. Compruebe los datos en un programa de correo y pida después un enlace nuevo a la aplicación que le envió este.",
    },
    try_ended: {
      title: "Este intento de conexión ha terminado",
      text: "Tardó demasiado o fue sustituido por otro. No ha cambiado nada.",
    },
  },
  notConnected: {
    title: "La cuenta no se ha conectado",
    useAccount: "Ha iniciado sesión con otra cuenta. Utilice {email}.",
  },
  failures: {
    access_denied: "No ha permitido el acceso.",
    insufficient_scope:
      "No ha permitido la lectura del correo. Conecte la cuenta de nuevo y deje marcado ese permiso.",
    no_refresh_token:
      "El proveedor solo ha dado acceso por poco tiempo. Quite el acceso de la aplicación en los ajustes de su cuenta en el proveedor y conéctela de nuevo.",
    email_missing: "El proveedor no ha enviado la dirección de correo de la cuenta.",
    email_unverified: "La dirección de correo de la cuenta no está verificada en el proveedor.",
    login_refused:
      "El servidor de correo ha rechazado el inicio de sesión. Compruebe que la cuenta tiene un buzón y que admite programas de correo (IMAP).",
    wrong_account: "Ha iniciado sesión con una cuenta distinta de la esperada.",
    email_taken: "Esta cuenta ya está conectada con otro usuario.",
    provider_error: "El proveedor ha enviado una respuesta inesperada.",
    temporarily_unavailable:
      "No se puede contactar con el proveedor en este momento. Inténtelo de nuevo más tarde.",
  },
  errors: {
    title: "Se ha producido un error",
    unreadable:
      "No ha cambiado nada. No se han podido leer los datos del formulario. Abra el enlace que recibió y rellene el formulario de nuevo.",
    later: "No ha cambiado nada. Inténtelo de nuevo en un minuto, con el enlace que recibió.",
  },
  reasons: {
    wrong_password:
      "El servidor de correo ha rechazado el inicio de sesión: compruebe el usuario y la contraseña. Muchos proveedores exigen aquí una contraseña de aplicación.",
    consent_withdrawn:
      "El proveedor ya no acepta nuestro acceso a la cuenta, porque se retiró, caducó o se cambió la contraseña: conecte la cuenta de nuevo.",
    consent_incomplete:
      "El proveedor pide que el titular de la cuenta actúe (un segundo factor, un nuevo consentimiento o una comprobación del dispositivo): conecte la cuenta de nuevo.",
    token_refused:
      "El servidor de correo ha rechazado un token de acceso que el proveedor acababa de emitir: compruebe que la cuenta tiene un buzón y que el consentimiento incluye el correo, y conéctela de nuevo.",
    client_refused:
      "El proveedor ha rechazado el cliente OAuth de esta conexión: hay que comprobar su identificador y su secreto.",
    no_client: "La conexión no tiene cliente OAuth: hay que indicar su identificador y su secreto.",
    imap_disabled:
      "IMAP está desactivado para esta cuenta: actívelo en los ajustes de correo del proveedor o consulte al administrador de la cuenta.",
    authenticated_not_connected:
      "El inicio de sesión fue correcto, pero el proveedor no abre el buzón: compruebe que la cuenta tiene un buzón con licencia y que IMAP está permitido.",
    app_password_required:
      "El proveedor exige una contraseña de aplicación en lugar de la de la cuenta: cree una en los ajustes de seguridad de la cuenta.",
    web_login_required:
      "El proveedor exige primero un inicio de sesión con un navegador web: inicie sesión allí, siga sus instrucciones y espere a que lo intentemos de nuevo.",
    account_locked:
      "El proveedor ha bloqueado la cuenta: inicie sesión con un navegador web, siga sus instrucciones e introduzca la contraseña de nuevo.",
    oauth_required:
      "El proveedor ya no acepta contraseñas de programas de correo: conecte la cuenta con el inicio de sesión del propio proveedor.",
    certificate_not_trusted:
      "El certificado TLS del servidor de correo no es de confianza: ha caducado, es de otro nombre o procede de una autoridad desconocida.",
    host_not_found:
      "El nombre del servidor de correo no tiene dirección: compruebe el nombre del servidor.",
    host_not_allowed:
      "La dirección del servidor de correo no es pública: utilice un servidor accesible desde Internet.",
    tls_required:
      "El servidor de correo solo acepta inicios de sesión con una conexión cifrada: elija TLS o STARTTLS como cifrado.",
    no_tls_on_port:
      "El servidor de correo no usa TLS en este puerto: elija STARTTLS como cifrado o el puerto para TLS, normalmente 993.",
    starttls_not_offered:
      "El servidor de correo no ofrece STARTTLS en este puerto: elija TLS como cifrado y su puerto, normalmente 993.",
    tls_too_old:
      "El servidor de correo solo usa versiones de TLS que ya no son seguras: su administrador debe actualizarlo.",
    not_imap:
      "El servidor con este nombre y puerto no es un servidor IMAP: compruebe el nombre, el puerto y el cifrado.",
    mechanism_missing:
      "El servidor de correo no admite el método de inicio de sesión de esta cuenta: compruebe el nombre del servidor y el proveedor.",
    connection_refused:
      "Nadie responde en el nombre y el puerto del servidor de correo: compruebe ambos.",
    timeout:
      "El servidor de correo no respondió a tiempo: compruebe el nombre, el puerto y el cifrado.",
    too_many_connections:
      "La cuenta tiene demasiadas conexiones con su servidor de correo: lo intentaremos de nuevo. Ayuda cerrar otros programas de correo.",
    connection_lost: "Se perdió la conexión con el servidor de correo: lo intentaremos de nuevo.",
    server_unavailable:
      "El servidor de correo indica que no está disponible en este momento: lo intentaremos de nuevo.",
    server_too_slow:
      "El servidor de correo envía el correo con demasiada lentitud: lo leemos en pasos pequeños, con pausas.",
    command_refused: "El servidor de correo rechazó una orden: lo intentaremos de nuevo.",
    server_sent_too_much:
      "El servidor de correo envió mucho más de lo solicitado: lo intentaremos de nuevo tras una pausa.",
    server_crashed_us:
      "Nuestro proceso se detuvo mientras observaba la cuenta, y el servidor de correo ya había causado daños: lo intentaremos de nuevo tras una pausa.",
    server_stalled_us:
      "Las respuestas del servidor de correo tardaron demasiado en procesarse: lo intentaremos de nuevo tras una pausa.",
    provider_unavailable:
      "El servicio de inicio de sesión del proveedor no responde como debería: lo intentaremos de nuevo y no tiene que hacer nada.",
    internal: "Se ha producido un error por nuestra parte: lo intentaremos de nuevo.",
    refused_by_webhook: "La aplicación respondió 403 a un evento de esta cuenta.",
  },
};
