import { expect, test } from "vitest";
import { missingFields } from "./missing-fields.ts";

const nobody = {
  email: null,
  loginUsername: null,
  sealedLoginPassword: null,
  sealedRefreshToken: null,
  imapHost: null,
};
const login = { ...nobody, loginUsername: "u", sealedLoginPassword: "sealed" };
const token = { ...nobody, sealedRefreshToken: "sealed" };
const own = { ownHost: true };
const fixed = { ownHost: false };

const complete: [what: string, ...Parameters<typeof missingFields>][] = [
  ["nothing", nobody, {}, own],
  ["half a login", { ...nobody, loginUsername: "u" }, {}, own],
  ["a login at a fixed host", login, {}, fixed],
  ["a login and its host", { ...login, imapHost: "h" }, { imapPort: 993 }, own],
  ["a refresh token and its account", { ...token, email: "x@x.test" }, {}, fixed],
];

test.each(complete)("missingFields() misses nothing for %s", (_what, ...args) => {
  expect(missingFields(...args)).toEqual([]);
});

const incomplete: [what: string, pointer: string, ...Parameters<typeof missingFields>][] = [
  ["a login without its host", "/imap_host", login, {}, own],
  ["a port without its host", "/imap_host", nobody, { imapPort: 993 }, own],
  ["a security without its host", "/imap_host", nobody, { imapSecurity: "tls" }, own],
  ["a refresh token without its account", "/email", token, {}, fixed],
];

test.each(incomplete)("missingFields() names what is missing for %s", (_what, pointer, ...args) => {
  expect(missingFields(...args)).toEqual([{ pointer, detail: expect.stringContaining("missing") }]);
});
