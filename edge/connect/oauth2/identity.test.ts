import { expect, test } from "vitest";
import { emailOf, type Identity } from "./identity.ts";

test.each<[what: string, claims: Identity, email: string | undefined]>([
  ["a verified address", { email: "a@x.test", email_verified: true }, "a@x.test"],
  ["a verified address in text", { email: "a@x.test", email_verified: "true" }, "a@x.test"],
  ["an address without a word on it", { email: "a@x.test" }, "a@x.test"],
  [
    "the address before the name",
    { email: "a@x.test", preferred_username: "b@x.test" },
    "a@x.test",
  ],
  ["a name that is an address", { preferred_username: "b@x.test" }, "b@x.test"],
  ["a name that is none", { preferred_username: "b" }, undefined],
  ["an address that is none", { email: "a b@x.test" }, undefined],
  ["an address with a line break", { email: "a@x.test\r\nx" }, undefined],
  ["an endless address", { email: `${"a".repeat(320)}@x.test` }, undefined],
  ["nothing", {}, undefined],
])("emailOf() takes %s", (_what, claims, email) => {
  expect(emailOf(claims)).toBe(email);
});

test.each([false, "false"] as const)("emailOf() refuses an address that is not verified", (no) => {
  const claims = { email: "a@x.test", email_verified: no };
  expect(() => emailOf(claims)).toThrow(expect.objectContaining({ code: "email_unverified" }));
});
