import { expect, test } from "vitest";
import type { ReasonCode } from "../../../../shared/users/reasons.ts";
import { readFailure } from "./read-failure.ts";

/** How providers and servers refuse a login. The tags of the responses are left out. */
const REFUSALS: [provider: string, response: string, reason: ReasonCode][] = [
  ["Exchange Online", "NO LOGIN failed.", "wrong_password"],
  ["Exchange Online", "NO AUTHENTICATE failed.", "wrong_password"],
  ["Exchange Online", "NO LogonDenied-BasicAuthBlocked", "oauth_required"],
  ["Exchange Online", "NO Server Unavailable. 15", "server_unavailable"],
  [
    "Exchange Online",
    "BAD User is authenticated but not connected.",
    "authenticated_not_connected",
  ],
  [
    "Exchange Online",
    "NO Request is throttled. Suggested Backoff Time: 250000 milliseconds",
    "too_many_connections",
  ],
  ["Exchange Online", "BAD Command Error. 12", "command_refused"],
  ["Gmail", "NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)", "wrong_password"],
  [
    "Gmail",
    "NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)",
    "app_password_required",
  ],
  [
    "Gmail",
    "NO [WEBALERT https://accounts.google.com/x] Web login required.",
    "web_login_required",
  ],
  [
    "Gmail",
    "NO [ALERT] Please log in via your web browser: https://x (Failure)",
    "web_login_required",
  ],
  ["Gmail", "NO [ALERT] Too many simultaneous connections. (Failure)", "too_many_connections"],
  [
    "Gmail",
    "NO [ALERT] Account exceeded command or bandwidth limits. (Failure)",
    "too_many_connections",
  ],
  ["Gmail", "NO [UNAVAILABLE] Temporary System Error", "server_unavailable"],
  ["Gmail", "NO Temporary system problem. Try again later (Failure)", "server_unavailable"],
  ["Gmail", "NO [ALERT] Your account is not enabled for IMAP use. (Failure)", "imap_disabled"],
  ["Gmail", "NO [ALERT] IMAP access is disabled for your domain. (Failure)", "imap_disabled"],
  ["Yahoo", "NO [AUTHENTICATIONFAILED] LOGIN Invalid credentials", "wrong_password"],
  ["Yahoo", "NO [LIMIT] LOGIN Rate limit hit.", "too_many_connections"],
  ["Yahoo", "NO [SERVERBUG] LOGIN Server error - Please try again later", "server_unavailable"],
  ["Yahoo", "NO [INUSE] LOGIN Mailbox in use", "server_unavailable"],
  ["Yahoo", "NO [TEMPFAIL] LOGIN failed", "server_unavailable"],
  ["Yahoo", "NO [CONTACTADMIN] LOGIN failed", "server_unavailable"],
  ["Yahoo", "NO [AUTHENTICATIONFAILED] LOGIN Account locked", "account_locked"],
  ["iCloud", "NO [AUTHENTICATIONFAILED] Authentication failed", "wrong_password"],
  ["iCloud", "NO [UNAVAILABLE] Service not available", "server_unavailable"],
  ["iCloud", "NO App-specific password required", "app_password_required"],
  ["Zoho", "NO [ALERT] Invalid credentials(Failure)", "wrong_password"],
  [
    "Zoho",
    "NO [ALERT] You are yet to enable IMAP for your account. Please contact your administrator",
    "imap_disabled",
  ],
  ["Zoho", "NO [ALERT] Please use an application-specific password", "app_password_required"],
  ["QQ", "NO Login fail. Please using authorized code to login.", "app_password_required"],
  ["QQ", "NO Login fail. Password is incorrect", "wrong_password"],
  ["QQ", "NO Login fail. IMAP service is not enabled", "imap_disabled"],
  ["163", "NO LOGIN Login error or password error", "wrong_password"],
  ["163", "NO LOGIN Login error, authorization code required", "app_password_required"],
  ["163", "NO LOGIN Login error, user suspended", "account_locked"],
  [
    "Yandex",
    "NO [AUTHENTICATIONFAILED] LOGIN invalid credentials or IMAP is disabled sc=x",
    "wrong_password",
  ],
  [
    "Yandex",
    "NO [AUTHENTICATIONFAILED] LOGIN This user does not have access rights to this service: IMAP is disabled",
    "imap_disabled",
  ],
  ["Yandex", "NO [UNAVAILABLE] LOGIN internal server error sc=x", "server_unavailable"],
  [
    "Mail.ru",
    "NO [AUTHENTICATIONFAILED] Authentication failed. Please verify your account by going to https://e.mail.ru/login",
    "web_login_required",
  ],
  [
    "Mail.ru",
    "NO [AUTHENTICATIONFAILED] Application password is REQUIRED",
    "app_password_required",
  ],
  ["GMX", "NO [AUTHENTICATIONFAILED] authentication failed", "wrong_password"],
  ["GMX", "NO IMAP/POP3 is deactivated for this account", "imap_disabled"],
  ["GMX", "NO [ALERT] Account is temporarily locked", "server_unavailable"],
  ["Proton Bridge", "NO [AUTHENTICATIONFAILED] incorrect login credentials", "wrong_password"],
  ["Proton Bridge", "NO no such user", "wrong_password"],
  ["Proton Bridge", "NO too many login attempts, please try again later", "server_unavailable"],
  ["Dovecot", "NO [AUTHENTICATIONFAILED] Authentication failed.", "wrong_password"],
  [
    "Dovecot",
    "NO [UNAVAILABLE] Temporary authentication failure. [host:2026-11-29]",
    "server_unavailable",
  ],
  [
    "Dovecot",
    "NO [PRIVACYREQUIRED] Plaintext authentication disallowed on non-secure (SSL/TLS) connections.",
    "tls_required",
  ],
  [
    "Dovecot",
    "NO [LIMIT] Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)",
    "too_many_connections",
  ],
  ["Dovecot", "NO [OVERQUOTA] Not enough disk quota", "server_unavailable"],
  ["Dovecot", "NO [AUTHORIZATIONFAILED] User is locked", "account_locked"],
  ["Dovecot", "NO [EXPIRED] Password expired", "wrong_password"],
  ["Courier", "NO Login failed.", "wrong_password"],
  ["Courier", "NO Temporary problem, please try again later", "server_unavailable"],
  ["Cyrus", "NO Login failed: authentication failure", "wrong_password"],
  ["Cyrus", "NO Too many open connections (1 of 1 for u1)", "too_many_connections"],
  ["Cyrus", "NO Login only available under a layer", "tls_required"],
  ["any", "NO Too many login failures, try again later", "server_unavailable"],
  ["any", "NO Your account has been blocked", "account_locked"],
  ["any", "BAD Missing argument", "command_refused"],
];

/** Returns the error that ImapFlow throws for this response. */
function refusedLogin(response: string) {
  const {
    status = "",
    code,
    text,
  } = /^(?<status>NO|BAD) (?:\[(?<code>\w+)[^\]]*\] ?)?(?<text>.*)$/.exec(response)?.groups ?? {};
  const answer = { responseStatus: status, serverResponseCode: code, responseText: text };
  return { ...answer, authenticationFailed: true };
}

test.each(REFUSALS)("%s says %s", (_provider, response, reason) => {
  expect(readFailure(refusedLogin(response)).reason).toBe(reason);
});

/** Other texts that servers send, grouped by the reason that `readFailure()` must return. */
const OTHER_WORDS: [reason: ReasonCode, texts: string[]][] = [
  [
    "server_unavailable",
    [
      "System Error (Failure)",
      "Internal error occurred. Refer to server log for more information.",
      "Service unavailable",
      "Authentication backend unavailable",
      "Server busy",
      "The server is overloaded",
      "Unable to contact authentication server",
      "System maintenance in progress",
      "Please try later",
      "Please wait a few minutes before trying again",
      "Too many failed login attempts",
      "Too many invalid logon attempts.",
      "Too many bad auth attempts",
      "Login attempts exceeded",
      "Account is temporarily locked, too many invalid attempts",
      "Mailbox is locked by another process",
      "Your IP has been blocked for too many failed logins",
    ],
  ],
  [
    "too_many_connections",
    [
      "Too many sessions",
      "Too many concurrent IMAP connections",
      "Too many simultaneous IMAP connections",
      "Too many active connections",
      "Maximum number of sessions exceeded",
      "Max connections reached",
      "Connections limit exceeded",
      "The maximum number of simultaneous connections has been reached",
      "Number of connections exceeded",
      "Too many requests",
      "Throttled",
      "Command rate exceeded",
      "Too many logins for this user",
    ],
  ],
  [
    "tls_required",
    [
      "TLS required",
      "STARTTLS required",
      "Plaintext logins are not allowed without SSL/TLS",
      "Login is only allowed over TLS",
      "Encryption required",
      "Please use SSL",
      "LOGIN only available under TLS",
    ],
  ],
  [
    "imap_disabled",
    [
      "Please enable IMAP in your settings",
      "You have not enabled IMAP",
      "IMAP access is not allowed for this user",
      "IMAP service not open",
      "This user is not allowed to use IMAP",
    ],
  ],
  [
    "app_password_required",
    [
      "Please use client password",
      "Please use your authentication code",
      "Use a password for external applications",
    ],
  ],
  [
    "oauth_required",
    [
      "OAuth2 is required",
      "Please use OAuth",
      "Legacy authentication is disabled",
      "Password login is disabled; use OAuth 2.0",
    ],
  ],
  [
    "wrong_password",
    [
      "Login failed. Check user name and password, and try again later",
      "Authentication failed, please retry",
      "Authentication failed (connection limit 10, 1 used)",
    ],
  ],
];

test.each(OTHER_WORDS.flatMap(([reason, texts]) => texts.map((text) => [text, reason] as const)))(
  'a login is refused with "%s"',
  (text, reason) => {
    expect(readFailure(refusedLogin(`NO ${text}`)).reason).toBe(reason);
  },
);

test.each([
  ["Invalid username or password", "wrong_password"],
  ["[AUTHENTICATIONFAILED] Invalid credentials", "wrong_password"],
  ["Unknown command", "command_refused"],
])("a login is answered BAD %s", (text, reason) => {
  expect(readFailure(refusedLogin(`BAD ${text}`)).reason).toBe(reason);
});

test("the response code of a BYE counts", () => {
  const closed = { code: "NoConnection" };
  expect(readFailure(closed, { bye: "no more", byeCode: "LIMIT" }).reason).toBe(
    "too_many_connections",
  );
});

const TRANSIENT: ReasonCode[] = ["server_unavailable", "too_many_connections", "command_refused"];

test.each(REFUSALS.filter(([, , reason]) => TRANSIENT.includes(reason)))(
  "%s asks nobody to act when it says %s",
  (_provider, response) => {
    expect(readFailure(refusedLogin(response)).kind).toBe("transient");
  },
);

test.each<[bye: string, reason: ReasonCode]>([
  ["Server restarting.", "connection_lost"],
  ["Session expired, please login again.", "connection_lost"],
  ["Maximum number of connections from user+IP exceeded", "too_many_connections"],
  ["Too many simultaneous connections", "too_many_connections"],
  ["Temporary problem, please try again later", "server_unavailable"],
])("a BYE says %s", (bye, reason) => {
  // ImapFlow throws this error when a server closes the connection before the login.
  const error = { authenticationFailed: true, message: "Already logged out" };
  expect(readFailure(error, { bye })).toEqual({ kind: "transient", reason });
  expect(readFailure({ code: "NoConnection" }, { bye })).toEqual({ kind: "transient", reason });
});

test.each<[name: string, error: unknown, reason: ReasonCode]>([
  [
    "IMAP without TLS on a port for TLS",
    { code: "ERR_SSL_WRONG_VERSION_NUMBER" },
    "no_tls_on_port",
  ],
  ["TLS 1.0 alone", { code: "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION" }, "tls_too_old"],
  ["no STARTTLS", { message: "Server does not support STARTTLS" }, "starttls_not_offered"],
  ["LOGINDISABLED", { message: "Login is disabled", authenticationFailed: true }, "tls_required"],
])("a server with %s is misconfigured here or there", (_name, error, reason) => {
  expect(readFailure(error)).toEqual({ kind: "unreachable", reason });
});

test("a server without an IMAP greeting is not an IMAP server, and a silent one times out", () => {
  const late = { code: "GREETING_TIMEOUT" };
  expect(readFailure(late, { isOther: true }).reason).toBe("not_imap");
  expect(readFailure({ code: "ClosedAfterConnectText" }, { isOther: true }).reason).toBe(
    "not_imap",
  );
  expect(readFailure(late).reason).toBe("timeout");
});

test("a disabled login over TLS is not reported as a TLS problem", () => {
  const disabled = { message: "Login is disabled", authenticationFailed: true };
  expect(readFailure(disabled, { isEncrypted: true }).reason).toBe("mechanism_missing");
});

test("a server that asks for a pause gets it", () => {
  const failure = readFailure({ code: "NoConnection" }, { throttledMs: 250_000 });
  expect(failure).toEqual({ kind: "transient", reason: "too_many_connections" });
});
