import { expect, test } from "vitest";
import { findSender, type SubmissionServer, toSubmissionServer } from "./submission-server.ts";

const imap = { host: "imap.example.com", isOwnHost: false };
const ownImap = { host: "mail.ann.test", isOwnHost: true };
const smtp = { smtpHost: "smtp.example.com", smtpPort: 587, smtpStarttls: true };
const noSmtp = { ...smtp, smtpHost: null, smtpPort: null };

test.each<[name: string, Parameters<typeof toSubmissionServer>, SubmissionServer | null]>([
  [
    "with STARTTLS",
    [smtp, imap],
    { host: "smtp.example.com", port: 587, security: "starttls", isOwnHost: false },
  ],
  [
    "with TLS from the start, whatever is said of STARTTLS",
    [{ ...smtp, smtpPort: 465 }, imap],
    { host: "smtp.example.com", port: 465, security: "tls", isOwnHost: false },
  ],
  [
    "without TLS, where the provider says so",
    [{ ...smtp, smtpPort: 2525, smtpStarttls: false }, imap],
    { host: "smtp.example.com", port: 2525, security: "none", isOwnHost: false },
  ],
  [
    "at the user's own host, on the usual port",
    [noSmtp, ownImap],
    { host: "mail.ann.test", port: 587, security: "starttls", isOwnHost: true },
  ],
  [
    "at the user's own host rather than the provider's",
    [smtp, ownImap],
    { host: "mail.ann.test", port: 587, security: "starttls", isOwnHost: true },
  ],
  ["nowhere, where the provider names no server", [noSmtp, imap], null],
  ["nowhere, where its name is empty", [{ ...smtp, smtpHost: "" }, imap], null],
])("toSubmissionServer() sends %s", (_name, given, server) => {
  expect(toSubmissionServer(...given)).toEqual(server);
});

test.each<[email: string | null, loginUsername: string | null, sender: string | null]>([
  ["ann@example.com", "ann", "ann@example.com"],
  ["ann@example.com", "other@example.com", "ann@example.com"],
  [null, "ann@example.com", "ann@example.com"],
  [null, "ann", null],
  [null, null, null],
])("findSender() for %j with the login %j returns %j", (email, loginUsername, sender) => {
  expect(findSender({ userId: "usr_1", ...smtp, email, loginUsername })).toBe(sender);
});
