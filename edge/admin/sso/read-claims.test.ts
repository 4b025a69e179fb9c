import { expect, test } from "vitest";
import { lacksClaims, readClaims } from "./read-claims.ts";

const ACCOUNT = { issuer: "https://id.test", subject: "42" };

test.each<[string, object, readonly string[]]>([
  ["groups", { groups: ["a", "b"] }, ["a", "b"]],
  ["role", { role: "owner" }, ["owner"]],
  ["realm_access.roles", { realm_access: { roles: ["a"] } }, ["a"]],
  ["https://x.test/roles", { "https://x.test/roles": ["a"] }, ["a"]],
  ["a.b", { "a.b": "x", a: { b: "y" } }, ["x"]],
  ["groups", { groups: ["a", 7, null, { b: 1 }] }, ["a"]],
  ["groups", {}, []],
  ["groups", { groups: null }, []],
  ["a.b.c", { a: { b: "text" } }, []],
  ["constructor.name", {}, []],
  ["groups.length", { groups: ["a"] }, []],
])("the claim %s of %j has the values %j", (claim, claims, values) => {
  expect(readClaims(ACCOUNT, { ...claims }, claim).roleValues).toEqual(values);
});

test.each<[object, boolean | undefined]>([
  [{ email: "a@b.test", email_verified: true }, true],
  [{ email: "a@b.test", email_verified: "true" }, true],
  [{ email: "a@b.test", email_verified: false }, false],
  [{ email: "a@b.test", email_verified: "yes" }, false],
  [{ email: "a@b.test", email_verified: 1 }, false],
  [{ email: "a@b.test" }, undefined],
  [{ email: "a@b.test", email_verified: null }, undefined],
])("the address of %j is verified: %j", (claims, isEmailVerified) => {
  expect(readClaims(ACCOUNT, { ...claims }, undefined)).toMatchObject({
    email: "a@b.test",
    isEmailVerified,
  });
});

test.each([{ email: "no address" }, { email: 7 }, { email: `${"a".repeat(300)}@b.test` }, {}])(
  "%j has no usable address",
  (claims) => {
    expect(readClaims(ACCOUNT, claims, undefined).email).toBeUndefined();
  },
);

test.each([
  [{ name: " Olga O. ", preferred_username: "olga" }, "Olga O."],
  [{ name: "a\nb", preferred_username: "olga" }, "olga"],
  [{ name: "x".repeat(101) }, undefined],
])("the name in %j is %j", (claims, name) => {
  expect(readClaims(ACCOUNT, claims, undefined).name).toBe(name);
});

test("userinfo is needed for a missing address, and for a missing role", () => {
  expect(lacksClaims({ email: "a@b.test" }, undefined)).toBe(false);
  expect(lacksClaims({ email: "a@b.test" }, "groups")).toBe(true);
  expect(lacksClaims({ groups: [] }, "groups")).toBe(true);
  expect(lacksClaims({ email: "a@b.test", groups: [] }, "groups")).toBe(false);
});
