import { expect, test } from "vitest";
import { ImapError } from "./imap-error.ts";
import { TooSlow } from "../input/least-rate.ts";
import { readFailure } from "./read-failure.ts";

/** The error that ImapFlow throws after a NO to the login. */
const REFUSED = { authenticationFailed: true, responseStatus: "NO" };

type Case = [name: string, error: unknown, kind: string, reason: string];

const cases: Case[] = [
  ["takes a slow server as transient", new TooSlow(), "transient", "server_too_slow"],
  ["takes a refused login for a wrong password", REFUSED, "auth_failed", "wrong_password"],
  [
    "takes a login refused for now as transient",
    { ...REFUSED, serverResponseCode: "UNAVAILABLE" },
    "transient",
    "server_unavailable",
  ],
  [
    "takes too many connections as transient",
    { ...REFUSED, responseText: "Too many simultaneous connections. (Failure)" },
    "transient",
    "too_many_connections",
  ],
  [
    "takes a login that was not understood as transient",
    { authenticationFailed: true, responseStatus: "BAD" },
    "transient",
    "command_refused",
  ],
  [
    "knows a Gmail account with IMAP switched off",
    {
      ...REFUSED,
      responseText:
        "Your account is not enabled for IMAP use. Please visit your Gmail settings page and enable your account for IMAP access. (Failure)",
    },
    "auth_failed",
    "imap_disabled",
  ],
  [
    "knows a domain with IMAP switched off",
    { ...REFUSED, responseText: "IMAP access is disabled for your domain." },
    "auth_failed",
    "imap_disabled",
  ],
  [
    "knows that Gmail wants an app password",
    {
      ...REFUSED,
      responseText: "Application-specific password required: https://x",
    },
    "auth_failed",
    "app_password_required",
  ],
  [
    "knows that Gmail wants a login in a browser",
    {
      ...REFUSED,
      serverResponseCode: "WEBALERT",
      responseText: "Web login required.",
    },
    "auth_failed",
    "web_login_required",
  ],
  [
    "knows that Exchange takes no passwords",
    { ...REFUSED, responseText: "LOGIN failed: BasicAuthBlocked" },
    "auth_failed",
    "oauth_required",
  ],
  [
    "knows a login to Exchange that found no mailbox",
    { ...REFUSED, response: "User is authenticated but not connected." },
    "transient",
    "authenticated_not_connected",
  ],
  [
    "knows a mailbox that Exchange does not open",
    { responseStatus: "BAD", responseText: "User is authenticated but not connected." },
    "transient",
    "authenticated_not_connected",
  ],
  [
    "knows a server without the login that is wanted",
    new Error("Unsupported authentication mechanism"),
    "unreachable",
    "mechanism_missing",
  ],
  ["knows a host that has no address", { code: "ENOTFOUND" }, "unreachable", "host_not_found"],
  ["knows a closed port", { code: "ECONNREFUSED" }, "unreachable", "connection_refused"],
  ["knows a greeting that never came", { code: "GREETING_TIMEOUT" }, "unreachable", "timeout"],
  [
    "knows a self-signed certificate",
    { code: "DEPTH_ZERO_SELF_SIGNED_CERT" },
    "unreachable",
    "certificate_not_trusted",
  ],
  [
    "knows an unknown authority",
    { code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" },
    "unreachable",
    "certificate_not_trusted",
  ],
  ...["TEMPFAIL", "CONTACTADMIN", "OVERQUOTA"].map((code): Case => [
    `takes a login refused with ${code} as transient`,
    { ...REFUSED, serverResponseCode: code },
    "transient",
    "server_unavailable",
  ]),
  ...[
    "Server Unavailable. 15",
    "Temporary system problem. Try again later (Failure)",
    "[AUTHENTICATIONFAILED] Too many login failures, try again later",
    "Temporarily unavailable",
  ].map((responseText): Case => [
    `takes "${responseText}" as transient`,
    { ...REFUSED, responseText },
    "transient",
    "server_unavailable",
  ]),
  ...[
    "Too many open connections (1 of 1 for u1)",
    "Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)",
    "Request is throttled. Suggested Backoff Time: 250000 milliseconds",
  ].map((responseText): Case => [
    `takes "${responseText}" as too many connections`,
    { ...REFUSED, responseText },
    "transient",
    "too_many_connections",
  ]),
  [
    "takes a wrong password for one, whatever it advises",
    { ...REFUSED, responseText: "Invalid password, try again later" },
    "auth_failed",
    "wrong_password",
  ],
  [
    "knows that Zoho wants IMAP switched on",
    {
      ...REFUSED,
      responseText:
        "You are yet to enable IMAP for your account. Please contact your administrator",
    },
    "auth_failed",
    "imap_disabled",
  ],
  [
    "knows that QQ and 163 want an authorized code",
    {
      ...REFUSED,
      responseText: "Login fail. Please using authorized code to login.",
    },
    "auth_failed",
    "app_password_required",
  ],
  ["knows a refused command", { responseStatus: "NO" }, "transient", "command_refused"],
  [
    "takes a lost connection as transient",
    { code: "NoConnection" },
    "transient",
    "connection_lost",
  ],
  ["takes what it does not know as transient", "boom", "transient", "connection_lost"],
];

test.each(cases)("readFailure() %s", (_name, error, kind, reason) => {
  expect(readFailure(error)).toEqual({ kind, reason });
});

test("readFailure() recognizes a refused access token", () => {
  const failure = readFailure(REFUSED, { refusal: "token_refused" });
  expect(failure).toEqual({ kind: "auth_failed", reason: "token_refused" });
});

test("an ImapError names the failed action, without text from the server", () => {
  const error = new ImapError("log in", { ...REFUSED, responseText: "secret" });
  expect(error.message).toBe("Cannot log in: wrong password");
});
