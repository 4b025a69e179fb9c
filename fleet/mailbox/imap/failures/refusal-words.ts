import type { SessionFailure } from "./failure.ts";

/**
 * Response codes that name the reason of a failure (RFC 5530, 3; RFC 3501, 7.1; Gmail, Yahoo).
 * AUTHENTICATIONFAILED and ALERT are left out: the text after them says more.
 */
export const CODES: ReadonlyMap<unknown, SessionFailure> = new Map<unknown, SessionFailure>([
  ["UNAVAILABLE", { kind: "transient", reason: "server_unavailable" }],
  ["SERVERBUG", { kind: "transient", reason: "server_unavailable" }],
  ["INUSE", { kind: "transient", reason: "server_unavailable" }],
  ["TEMPFAIL", { kind: "transient", reason: "server_unavailable" }],
  ["CONTACTADMIN", { kind: "transient", reason: "server_unavailable" }],
  ["OVERQUOTA", { kind: "transient", reason: "server_unavailable" }],
  ["LIMIT", { kind: "transient", reason: "too_many_connections" }],
  ["THROTTLED", { kind: "transient", reason: "too_many_connections" }],
  ["PRIVACYREQUIRED", { kind: "unreachable", reason: "tls_required" }],
]);

type Sign = readonly [signs: readonly RegExp[], failure: SessionFailure];

/** Texts that servers send in a BYE or in answer to any command. The first match counts. */
export const WORDS: readonly Sign[] = [
  [
    [
      /(too many|max(imum)?( number of)?|number of)( [\w-]+){0,3} (connections|sessions|requests)\b/i,
      /(connections?|sessions?|rate) (limit|count)s? (is |was |has been )?(exceeded|reached|hit)|connection limit reached/i,
      /\b(connections|sessions|command rate) (has been |have been |is |are )?(exceeded|reached)/i,
      /rate limit|throttled|too many logins|exceeded .{0,100}(bandwidth|command)/i,
    ],
    { kind: "transient", reason: "too_many_connections" },
  ],
  [
    [
      /too many( [\w-]+){0,2} (login|logon|auth|authentication|log-?in)? ?(failures|attempts)|attempts (have been )?exceeded|too many failed logins/i,
      /(server|service|backend|directory|mailbox|account)( is)?( currently| temporarily)? (unavailable|busy|overloaded)|server error/i,
      /temporar(y|ily)|maintenance|system error|internal (server )?error|unable to contact|locked by another/i,
    ],
    { kind: "transient", reason: "server_unavailable" },
  ],
  // Exchange sends this at times during a short failure, and always when there is no mailbox.
  [
    [/authenticated but not connected/i],
    { kind: "transient", reason: "authenticated_not_connected" },
  ],
  [
    [
      // The next pattern matches what Cyrus and Dovecot send.
      /available under (a layer|tls|ssl)|(plain ?text|clear ?text)( [\w-]+)? (are|is)? ?(disallowed|disabled|not allowed|not permitted)/i,
      /(ssl|tls|starttls|encryption) (is )?(required|needed|mandatory)|only (allowed|available|permitted) (over|under|with|via) (ssl|tls|starttls)/i,
      /(must|required to|please) (use|issue|enable)( an?)? (ssl|tls|starttls|encrypt)/i,
    ],
    { kind: "unreachable", reason: "tls_required" },
  ],
];

/**
 * Matches texts that ask the client to try again. Texts with a word such as "failed" or "wrong" do
 * not match.
 */
export const TRY_AGAIN =
  /^(?!.*\b(invalid|incorrect|wrong|bad|check|failed)\b).*(try (again )?later|try again in|please retry|wait a few)/is;

/**
 * Texts that servers send when they refuse a login because of the account. The first match counts.
 */
export const REFUSAL_WORDS: readonly Sign[] = [
  [
    [
      // Zoho says "yet to enable IMAP". Yandex says "invalid credentials or IMAP is disabled".
      // Yandex's text is excluded: it may also mean a wrong password.
      /^(?!.*invalid credentials or).*(not enabled for IMAP|IMAP[^.]{0,20} (is )?(disabled|not enabled|not open|not allowed|deactivated|not activated|switched off|turned off))/is,
      /ProtocolDisabled|(yet to|please|not) enabled? IMAP|not allowed to use IMAP/i,
    ],
    { kind: "auth_failed", reason: "imap_disabled" },
  ],
  [
    // QQ and 163 call an app password "authorized code" or "client password".
    [
      /app(lication)?[- ]specific password|app(lication)?[- ]password|client (specific )?password|password for external/i,
      /(authori[sz](ed|ation)|authentication) code/i,
    ],
    { kind: "auth_failed", reason: "app_password_required" },
  ],
  [
    // "Verify your account" is from Mail.ru, where a person must confirm the account in a browser.
    [/web ?browser|web login required|verify your account/i],
    { kind: "auth_failed", reason: "web_login_required" },
  ],
  [
    [
      /(basic|legacy) ?auth(entication)? (is |has been )?(disabled|blocked)|BasicAuthBlocked/i,
      /(use|requires?) oauth|oauth ?(2(\.0)?)? (is )?required/i,
    ],
    { kind: "auth_failed", reason: "oauth_required" },
  ],
  [
    [
      /(account|user|mailbox)[^.]{0,20} (locked|suspended|blocked|disabled|deactivated|frozen|banned)/i,
    ],
    { kind: "auth_failed", reason: "account_locked" },
  ],
];

/** Matches texts that mean wrong credentials even in a BAD response. */
export const WRONG_CREDENTIALS =
  /(invalid|incorrect|wrong|bad|unknown) (login|user|username|password|credentials|e-?mail)|authentication failed/i;
