import { expect, test } from "vitest";
import { TokenError } from "../tokens/token-error.ts";
import { describeRefusal, isRefusal, NotSendable } from "./describe-refusal.ts";

const smtpError = (code: string, responseCode?: number) =>
  Object.assign(new Error("550 ann@example.com is unknown"), { code, responseCode });

test.each<[error: unknown, text: string]>([
  [smtpError("EAUTH", 535), "the mail server refused the login (535)"],
  [smtpError("EENVELOPE", 550), "the mail server refused the sender or the recipient (550)"],
  [smtpError("ESOCKET"), "the mail server cannot be reached"],
  [smtpError("EABORT"), "the mail server did not answer in time"],
  [new NotSendable("its provider names no SMTP server"), "its provider names no SMTP server"],
  [
    new TokenError({ kind: "transient", reason: "server_unavailable" }, "ann"),
    "the provider gives no access token",
  ],
])("describeRefusal() describes %s without the server's text", (error, text) => {
  expect(isRefusal(error)).toBe(true);
  expect(describeRefusal(error)).toBe(text);
});

test.each([
  new Error("ann@example.com"),
  smtpError("EWHATEVER"),
  smtpError("constructor"),
  "x",
  null,
])("describeRefusal() takes %s for a fault of our own", (error) => {
  expect(isRefusal(error)).toBe(false);
  expect(describeRefusal(error)).toBe("an internal error of the fleet; see its log");
});
