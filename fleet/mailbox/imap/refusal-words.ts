import type { Failure } from "./failure.ts";

/**
 * Response codes that say why (RFC 5530, 3; RFC 3501, 7.1; Gmail, Yahoo). AUTHENTICATIONFAILED and ALERT are not
 * here: the words beside them say more.
 */
export const CODES: ReadonlyMap<unknown, Failure> = new Map<unknown, Failure>([
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

type Sign = readonly [sign: RegExp, failure: Failure];

/** What servers say in words, to a login or at any time, also in a BYE. The first that fits counts. */
export const WORDS: readonly Sign[] = [
  [
    /too many (simultaneous |concurrent |open )?connections|maximum (number of )?connections?|connection limit|rate limit|is throttled|exceeded .*(bandwidth|command)/i,
    { kind: "transient", reason: "too_many_connections" },
  ],
  [
    // Not where the same text calls the password wrong.
    /^(?!.*\b(invalid|incorrect|wrong|bad)\b).*(server (is )?(unavailable|error)|temporar(y|ily)|too many (login|authentication) (failures|attempts)|try again (later|in )|please retry)/is,
    { kind: "transient", reason: "server_unavailable" },
  ],
  // Exchange says so at times for a moment, and always where there is no mailbox.
  [
    /authenticated but not connected/i,
    { kind: "transient", reason: "authenticated_not_connected" },
  ],
  [
    // Cyrus; Dovecot.
    /only available under a layer|plaintext authentication disallowed|cleartext (login|authentication)|(must|required to) (use|issue a) (ssl|tls|starttls)/i,
    { kind: "unreachable", reason: "tls_required" },
  ],
];

/** What servers say to a login that they refuse because of the account. The first that fits counts. */
export const REFUSAL_WORDS: readonly Sign[] = [
  [
    // "Yet to enable IMAP" is Zoho's. Yandex says "invalid credentials or IMAP is disabled".
    /^(?!.*invalid credentials or).*(not enabled for IMAP|IMAP[^.]{0,20} (is )?(disabled|not enabled|deactivated|not activated|switched off|turned off)|ProtocolDisabled|yet to enable IMAP)/is,
    { kind: "auth_failed", reason: "imap_disabled" },
  ],
  [
    // QQ and 163 call it an authorized code.
    /app(lication)?[- ]specific password|app(lication)?[- ]password|authori[sz](ed|ation) code/i,
    { kind: "auth_failed", reason: "app_password_required" },
  ],
  [
    // Mail.ru sends people to its site.
    /web ?browser|web login required|verify your account/i,
    { kind: "auth_failed", reason: "web_login_required" },
  ],
  [
    /basic ?auth(entication)? (is )?(disabled|blocked)|BasicAuthBlocked/i,
    { kind: "auth_failed", reason: "oauth_required" },
  ],
  [
    /(account|user|mailbox|login)[^.]{0,20} (locked|suspended|blocked|disabled|deactivated|frozen|banned)/i,
    { kind: "auth_failed", reason: "account_locked" },
  ],
];
