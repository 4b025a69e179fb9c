import { expect, test } from "vitest";
import { accountNameOf } from "./account-name.ts";

type Named = Parameters<typeof accountNameOf>[0];

const plain: Named = { loginUsername: "ann", email: null, imapHost: null, imapPort: null };
const consenting: Named = { ...plain, loginUsername: null, email: "Ann@X.test" };
const own: Named = { ...plain, imapHost: "mail.x.test", imapPort: 993 };

test.each<[string, Named, Named]>([
  ["an address in another case", consenting, { ...consenting, email: "ann@x.TEST" }],
  ["another address beside a login name", plain, { ...plain, email: "ann@x.test" }],
])("accountNameOf() is the same for %s", async (_what, a, b) => {
  expect(await accountNameOf(b)).toEqual(await accountNameOf(a));
});

test.each<[string, Named, Named]>([
  ["another login name", plain, { ...plain, loginUsername: "bob" }],
  ["a login name in another case", plain, { ...plain, loginUsername: "Ann" }],
  ["another address", consenting, { ...consenting, email: "bob@x.test" }],
  ["a login name of its own", consenting, { ...consenting, loginUsername: "shared@x.test" }],
  ["a host of its own", plain, own],
  ["another host", own, { ...own, imapHost: "imap.x.test" }],
  ["another port", own, { ...own, imapPort: 143 }],
])("accountNameOf() differs for %s", async (_what, a, b) => {
  expect(await accountNameOf(b)).not.toEqual(await accountNameOf(a));
});

test("accountNameOf() is null without a name, and contains no address", async () => {
  expect(await accountNameOf({ ...plain, loginUsername: null })).toBeNull();
  expect(JSON.stringify(await accountNameOf(consenting))).not.toMatch(/ann|x\.test/i);
});
