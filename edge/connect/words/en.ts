import { REASON_TEXTS } from "../../../shared/users/reasons.ts";

/**
 * All texts of the connect pages in English. The other languages have the same keys and the same
 * placeholders: names in braces, such as `{partner}`.
 */
export const en = {
  errorTitle: "Error: {title}",
  actions: {
    tryAgain: "Try again",
    back: "Back to {partner}",
    close: "You can close this page.",
  },
  consent: {
    title: "Connect {provider}",
    titleOwnServer: "Connect your mail account",
    asks: "{partner} asks for access to the mail in this account.",
    heading: "What {partner} receives",
    newMail:
      "Every new mail in this account, complete: sender, recipients, subject, text and attachments.",
    oldMail:
      "This continues until you disconnect the account. {partner} can also request mail that is already in the mailbox.",
    readOnly: "Your mail is only read. Nothing in the mailbox is changed or deleted.",
    password: "Your password is stored encrypted. {partner} does not receive it.",
    ending:
      "You can end this at any time, with a disconnect link from {partner} or in the security settings of your mail account.",
    privacy: "Privacy policy of {partner}",
    terms: "Terms of {partner}",
    signIn:
      "{provider} then asks you to sign in and to allow access. You enter your password only there.",
    continue: "Continue to {provider}",
    cancel: "Cancel and go back to {partner}",
  },
  choice: {
    heading: "Use another provider",
  },
  detected: {
    address: "This is an address of {provider}.",
    continueHere: "To continue here instead, enter your password again.",
    noPasswords: "{provider} does not accept passwords from other mail programs.",
    askPartner: "Ask {partner} for a link with which you can sign in at {provider}.",
  },
  form: {
    login: "Login, usually the e-mail address",
    password: "Password",
    host: "Mail server (IMAP), such as imap.example.com",
    hostHint:
      "Leave this empty if your address belongs to a well-known provider, such as GMX or iCloud.",
    port: "Port",
    security: "Encryption",
    tls: "TLS (usual, port 993)",
    starttls: "STARTTLS (port 143)",
    submit: "Connect",
    appPasswordRequired:
      "{provider} requires an app password here, not the password of your account.",
    appPasswordUsual:
      "Many providers require an app password here instead of the password of the account.",
    howToGetPassword: "How to get such a password",
    away: "We could not check the login at the moment. Nothing has changed. Try again in a minute.",
  },
  faults: {
    login_missing: "Enter your login.",
    password_missing: "Enter your password.",
    host_missing: "Enter the mail server.",
    host_invalid: "This is not a valid server name, such as imap.example.com.",
    port_invalid: "Enter a number, such as 993.",
    security_missing: "Choose how the connection is encrypted.",
    too_long: "This is too long.",
    characters: "This contains characters that are not allowed.",
  },
  trying: {
    title: "Connecting your account",
    received: "Your details have arrived.",
    loggingIn: "Logging in to {server}. This can take up to {duration}.",
    next: "Then {partner} receives new mail.",
    stay: "Keep this page open. It continues by itself.",
  },
  done: {
    connected: "The account is connected",
    connectedText: "{partner} now receives new mail from this account.",
    disconnected: "The account is disconnected",
    disconnectedText: "{partner} no longer receives mail from this account.",
    saved: "Your account is saved",
    savedText:
      "We are still trying to log in. If your mail server refuses the login, you will get a new link from {partner}.",
  },
  disconnect: {
    title: "Disconnect {account}",
    account: "your account ({provider})",
    text: "{partner} will no longer receive mail from this account, and the stored credentials are deleted. {partner} keeps the mail that it has already received. Nothing in the mailbox is changed or deleted.",
    submit: "Disconnect",
    keep: "Keep it connected",
    nothing: "Nothing is connected",
    nothingText:
      "{partner} has no access to your account ({provider}): it was never connected, or it is already disconnected. You do not need to do anything.",
  },
  refusals: {
    invalid: {
      title: "This link does not work",
      text: "The address is not complete, or it is not one of our links. Copy the whole link, or ask the application that sent it for a new one.",
    },
    expired: {
      title: "This link has expired",
      text: "Links work only for a short time. Go back to the application that sent it, and ask for a new one.",
    },
    spent: {
      title: "This link has already been used",
      text: "Each link works once. Your earlier change is still in effect. To make another change, ask for a new link.",
    },
    gone: {
      title: "This account no longer exists here",
      text: "It was removed or archived, so it cannot be connected.",
    },
    disabled: {
      title: "This kind of account cannot be connected",
      text: "It is currently disabled.",
    },
    not_set_up: {
      title: "This kind of account is not set up yet",
      text: "The application that sent you here is not registered with the provider. Please contact its support.",
    },
    state: {
      title: "This answer cannot be used",
      text: "The answer of the provider is incomplete, too old, or was changed in transit. Start again with the link that you received.",
    },
    browser: {
      title: "You started in another browser",
      text: "Finish in the browser in which you opened the link, with cookies enabled. Or start again with the link that you received.",
    },
    origin: {
      title: "This form came from another site",
      text: "Open the link that you received, and fill in the form there.",
    },
    too_many_tries: {
      title: "Too many tries",
      text: "The login was refused too often. Check it in a mail program, then ask the application that sent you this link for a new one.",
    },
    try_ended: {
      title: "This login attempt has ended",
      text: "It took too long, or it was replaced by another one. Nothing has changed.",
    },
  },
  notConnected: {
    title: "The account was not connected",
    useAccount: "You signed in with a different account. Use {email}.",
  },
  failures: {
    access_denied: "You did not allow access.",
    insufficient_scope:
      "You did not allow reading mail. Connect again, and leave that permission selected.",
    no_refresh_token:
      "The provider gave access for a short time only. Remove the application's access in your account settings at the provider, then connect again.",
    email_missing: "The provider did not send the account's e-mail address.",
    email_unverified: "The account's e-mail address is not verified at the provider.",
    login_refused:
      "The mail server refused the login. Check that the account has a mailbox, and that mail programs (IMAP) are allowed for it.",
    wrong_account: "You signed in with a different account than expected.",
    email_taken: "This account is already connected, under another user.",
    provider_error: "The provider sent an unexpected answer.",
    temporarily_unavailable: "The provider cannot be reached at the moment. Try again later.",
  },
  errors: {
    title: "Something went wrong",
    unreadable:
      "Nothing has changed. The form data could not be read. Open the link that you received, and fill in the form again.",
    later: "Nothing has changed. Try again in a minute, with the link that you received.",
  },
  reasons: REASON_TEXTS,
} as const;

/** The texts of the connect pages in one language. */
export type Words = Shape<typeof en>;

type Shape<T> = { readonly [Key in keyof T]: T[Key] extends string ? string : Shape<T[Key]> };
