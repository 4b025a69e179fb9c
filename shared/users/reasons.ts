/**
 * The reasons for a user's state, each with what a person can do about it. The public API contains
 * the codes: never rename one.
 */
export const REASON_TEXTS = {
  // Reasons why a login fails until the account's owner acts:
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
    "The provider requires an app password instead of the account's own: create one in the account's security settings.",
  web_login_required:
    "The provider requires a login with a web browser first: log in there, follow its instructions, and wait until we try again.",
  account_locked:
    "The provider has locked the account: log in with a web browser, follow its instructions, and enter the password again.",
  oauth_required:
    "The provider no longer accepts passwords from mail programs: connect the account through the provider's own login.",
  // Reasons why the mail server cannot be reached, trusted or used:
  certificate_not_trusted:
    "The mail server's TLS certificate is not trusted: it has expired, is for another name or comes from an unknown authority.",
  host_not_found: "The mail server's name has no address: check the host name.",
  host_not_allowed:
    "The mail server's address is not public: use a host that can be reached from the internet.",
  tls_required:
    "The mail server accepts logins only over an encrypted connection: choose TLS or STARTTLS as security.",
  no_tls_on_port:
    "The mail server does not speak TLS on this port: choose STARTTLS as security, or the port for TLS, usually 993.",
  starttls_not_offered:
    "The mail server does not offer STARTTLS on this port: choose TLS as security, and its port, usually 993.",
  tls_too_old:
    "The mail server speaks only versions of TLS that are no longer safe: its administrator must update it.",
  not_imap:
    "The server at this host and port is not an IMAP server: check the host, the port and the security.",
  mechanism_missing:
    "The mail server does not support the login method of this account: check the host and the provider.",
  connection_refused: "Nothing answers at the mail server's host and port: check both.",
  timeout: "The mail server did not answer in time: check host, port and security.",
  // Reasons for temporary failures:
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
    "Our process crashed while it watched the account, and the mail server had caused harm before: we try again after a pause.",
  server_stalled_us:
    "Answers of the mail server took too long to process: we try again after a pause.",
  provider_unavailable:
    "The provider's token endpoint does not answer as it should: we try again, and no action is needed.",
  internal: "Something went wrong on our side: we try again.",
  // The only reason why the fleet archives a user:
  refused_by_webhook: "The partner's webhook answered 403 to an event of this user.",
} as const;

export type ReasonCode = keyof typeof REASON_TEXTS;

export const REASON_CODES = Object.keys(REASON_TEXTS);

/** Whether the code is one of the known reasons. */
export const isReasonCode = (code: string): code is ReasonCode => Object.hasOwn(REASON_TEXTS, code);

/**
 * Returns the text for a reason. For an unknown code, returns the code with spaces instead of
 * underscores.
 */
export const reasonText = (code: string): string =>
  isReasonCode(code) ? REASON_TEXTS[code] : code.replaceAll("_", " ");
