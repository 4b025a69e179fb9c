/**
 * Why a user is in its state, with what a person can do about it. Codes are part of the public API:
 * add, never rename.
 */
const TEXTS = {
  // Credentials are refused: a person must act.
  wrong_password:
    "The mail server refused the login: check the username and the password. Many providers want an app password here.",
  consent_withdrawn:
    "The provider no longer accepts our access to the account, because it was withdrawn, has expired or the password was changed: connect the account again.",
  consent_incomplete:
    "The provider wants the account's owner to act (a second factor, a new consent or a device check): connect the account again.",
  token_refused:
    "The mail server refused an access token that the provider had just issued: check that the account has a mailbox and that the consent includes mail, then connect it again.",
  client_refused:
    "The provider refused the OAuth client of this connection: check its client id and client secret.",
  no_client: "The connection has no OAuth client: set its client id and client secret.",
  imap_disabled:
    "IMAP is switched off for this account: switch it on in the provider's mail settings, or ask the account's administrator.",
  authenticated_not_connected:
    "The login succeeded, but the provider does not open the mailbox: check that the account has a mailbox with a licence, and that IMAP is allowed for it.",
  app_password_required:
    "The provider wants an app password instead of the account's own: make one in the account's security settings.",
  web_login_required:
    "The provider wants a login in a web browser first: log in there, confirm what it asks, and wait for us to try again.",
  account_locked:
    "The provider has locked the account: log in in a web browser, do what it asks, and give the password again.",
  oauth_required:
    "The provider takes no passwords from mail programs any more: connect the account through the provider's own login.",
  // The server is unreachable, or its certificate is not trusted.
  certificate_not_trusted:
    "The mail server's TLS certificate is not trusted: it has expired, is for another name or comes from an unknown authority.",
  host_not_found: "The mail server's name has no address: check the host name.",
  host_not_allowed:
    "The mail server's address is not a public one: give a host that can be reached from the internet.",
  tls_required:
    "The mail server takes logins over an encrypted connection only: choose TLS, or STARTTLS, as security.",
  no_tls_on_port:
    "The mail server does not speak TLS on this port: choose STARTTLS as security, or the port for TLS, mostly 993.",
  starttls_not_offered:
    "The mail server does not offer STARTTLS on this port: choose TLS as security, and its port, mostly 993.",
  tls_too_old:
    "The mail server speaks only versions of TLS that are no longer safe: its administrator must update it.",
  not_imap: "What answers at this host and port is no IMAP server: check both, and the security.",
  mechanism_missing:
    "The mail server offers no login of the kind that the account has: check the host and the provider.",
  connection_refused: "Nothing answers at the mail server's host and port: check both.",
  timeout: "The mail server did not answer in time: check host, port and security.",
  // Temporary failures.
  too_many_connections:
    "The account has too many connections to its mail server: we try again; closing other mail programs helps.",
  connection_lost: "The connection to the mail server was lost: we try again.",
  server_unavailable: "The mail server says that it is not available at the moment: we try again.",
  server_too_slow:
    "The mail server sends its mail too slowly: we read it in small steps, with pauses between them.",
  command_refused: "The mail server refused a command: we try again.",
  server_sent_too_much:
    "The mail server sent far more than it was asked for: we try again after a pause.",
  server_crashed_us:
    "A process of ours ended while it watched the account, whose mail server had hurt it before: we try again after a pause.",
  server_stalled_us:
    "Answers of the mail server took too long to process: we try again after a pause.",
  provider_unavailable:
    "The provider's token endpoint does not answer as it should: we try again, and no action is needed.",
  internal: "Something went wrong on our side: we try again.",
  // Why the user is not watched.
  refused_by_webhook: "The partner's webhook answered 403 to mail of this user.",
} as const;

export type ReasonCode = keyof typeof TEXTS;

export const REASON_CODES = Object.keys(TEXTS);

const isReasonCode = (code: string): code is ReasonCode => Object.hasOwn(TEXTS, code);

/** Returns what a person can do about it. A code of another version, which has no text here, is returned as words. */
export const reasonText = (code: string): string =>
  isReasonCode(code) ? TEXTS[code] : code.replaceAll("_", " ");
