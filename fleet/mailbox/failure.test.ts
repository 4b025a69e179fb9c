import { expect, test } from "vitest";
import { failureOf, ImapError } from "./failure.ts";

const cases: [name: string, error: unknown, kind: string, reason: string][] = [
  [
    "takes a refused login for a wrong password",
    { authenticationFailed: true },
    "auth_failed",
    "wrong_password",
  ],
  [
    "takes a login refused for now as transient",
    { authenticationFailed: true, serverResponseCode: "UNAVAILABLE" },
    "transient",
    "server_unavailable",
  ],
  [
    "takes too many connections as transient",
    { authenticationFailed: true, responseText: "Too many simultaneous connections. (Failure)" },
    "transient",
    "too_many_connections",
  ],
  [
    "takes a login that was not understood as transient",
    { authenticationFailed: true, responseStatus: "BAD" },
    "transient",
    "command_refused",
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
  ["knows a refused command", { responseStatus: "NO" }, "transient", "command_refused"],
  [
    "takes a lost connection as transient",
    { code: "NoConnection" },
    "transient",
    "connection_lost",
  ],
  ["takes what it does not know as transient", "boom", "transient", "connection_lost"],
];

test.each(cases)("failureOf() %s", (_name, error, kind, reason) => {
  expect(failureOf(error)).toEqual({ kind, reason });
});

test("an ImapError says what could not be done, and not what the server said", () => {
  const error = new ImapError("log in", { authenticationFailed: true, responseText: "secret" });
  expect(error.message).toBe("Cannot log in: wrong password");
});
