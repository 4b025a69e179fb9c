import { expect, test } from "vitest";
import type { OtherProvider } from "../other-providers.ts";
import { detectProvider } from "./detect-provider.ts";
import { findKnownProvider } from "./known-providers.ts";

const toOther = (title: string, kind: OtherProvider["kind"], imapHost: string | null) => ({
  ...{ title, kind, imapHost },
  url: `https://mail.test/connect/${title}`,
});
const gmail = toOther("Gmail", "oauth2", "imap.gmail.com");
const gmailByPassword = toOther("Gmail (app password)", "plain", "imap.gmail.com");
const anyServer = toOther("Any IMAP server", "plain", null);
const all = [anyServer, gmailByPassword, gmail];

test.each([
  ["me@gmail.com", "imap.gmail.com"],
  [" Me@GoogleMail.COM ", "imap.gmail.com"],
  ["a@b@hotmail.co.uk", "outlook.office365.com"],
  ["me@gmx.de", "imap.gmx.net"],
  ["me@gmx.com", "imap.gmx.com"],
  ["me@example.com", undefined],
  ["me@mail.gmail.com", undefined],
  ["gmail.com", undefined],
  ["@gmail.com", undefined],
  ["me@constructor", undefined],
  ["", undefined],
])("the mail server of %j is %s", (login, host) => {
  expect(findKnownProvider(login)?.imapHost).toBe(host);
});

test.each<
  [what: string, login: string, hasOwnHost: boolean, others: OtherProvider[], expected: unknown]
>([
  ["offers OAuth before a password", "me@gmail.com", true, all, { offer: gmail, isUrgent: true }],
  ["offers a form", "me@gmail.com", false, [gmailByPassword], { offer: gmailByPassword }],
  ["offers no other server", "me@gmail.com", true, [anyServer], { offer: undefined }],
  ["says only later which password", "me@gmail.com", true, [], { isUrgent: false }],
  ["says at once that no password works", "me@live.com", true, [], { isUrgent: true }],
])("detectProvider() %s", (_what, login, hasOwnHost, others, expected) => {
  expect(detectProvider(login, { hasOwnHost, others })).toMatchObject({
    ...{ known: findKnownProvider(login) },
    ...Object(expected),
  });
});

test.each([
  ["an unknown provider", "me@example.com", true, all],
  ["a provider that takes the password of the account", "me@gmx.de", true, all],
  ["the form of one provider without a better way", "me@live.com", false, [gmail]],
])("detectProvider() has nothing to say about %s", (_what, login, hasOwnHost, others) => {
  expect(detectProvider(login, { hasOwnHost, others })).toBeUndefined();
});
