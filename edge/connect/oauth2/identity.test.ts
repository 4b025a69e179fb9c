import * as v from "valibot";
import { expect, test } from "vitest";
import { pickEmail, identity, type Identity } from "./identity.ts";

test.each<[what: string, claims: Identity, email: string | undefined]>([
  ["a verified address", { email: "a@x.test", email_verified: true }, "a@x.test"],
  ["an address without a word on it", { email: "a@x.test" }, "a@x.test"],
  [
    "the address before the name",
    { email: "a@x.test", preferred_username: "b@x.test" },
    "a@x.test",
  ],
  ["a name that is an address", { preferred_username: "b@x.test" }, "b@x.test"],
  ["a name that is none", { preferred_username: "b" }, undefined],
  ["an address that is none", { email: "a b@x.test" }, undefined],
  ["an address that was no UTF-8", { email: "stra\uFFFDe@x.test" }, undefined],
  ["an address with a line break", { email: "a@x.test\r\nx" }, undefined],
  ["an endless address", { email: `${"a".repeat(320)}@x.test` }, undefined],
  ["nothing", {}, undefined],
])("pickEmail() takes %s", (_what, claims, email) => {
  expect(pickEmail(claims)).toBe(email);
});

test("pickEmail() refuses an address that is not verified", () => {
  const claims = { email: "a@x.test", email_verified: false };
  expect(() => pickEmail(claims)).toThrow(expect.objectContaining({ code: "email_unverified" }));
});

const silent = ["sub", "email", "email_verified", "preferred_username"].flatMap((claim) =>
  [null, "", " ", {}, []].map((value) => [claim, value] as const),
);
test.each(silent)("a claim that says nothing is absent: %s %j", (claim, value) => {
  expect(v.parse(identity, { [claim]: value })).toHaveProperty(claim, undefined);
});

test.each([
  [true, true],
  ["true", true],
  ["True", true],
  [1, true],
  ["1", true],
  [false, false],
  ["false", false],
  ["FALSE", false],
  [0, false],
  ["no", false],
  ["maybe", false],
])("email_verified: %j is read as %j", (sent, verified) => {
  expect(v.parse(identity, { email_verified: sent })).toEqual({ email_verified: verified });
});
