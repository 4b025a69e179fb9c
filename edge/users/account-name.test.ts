import { expect, test } from "vitest";
import { toAccountName } from "./account-name.ts";

type Named = Parameters<typeof toAccountName>[0];

const plain: Named = { loginUsername: "ann", email: null, imapHost: null, imapPort: null };
const consenting: Named = { ...plain, loginUsername: null, email: "Ann@X.test" };
const own: Named = { ...plain, imapHost: "mail.x.test", imapPort: 993 };

test.each<[string, Named, Named]>([
  ["an address in another case", consenting, { ...consenting, email: "ann@x.TEST" }],
  ["another address beside a login name", plain, { ...plain, email: "ann@x.test" }],
])("toAccountName() is the same for %s", async (_what, a, b) => {
  expect(await toAccountName(b)).toEqual(await toAccountName(a));
});

test.each<[string, Named, Named]>([
  ["another login name", plain, { ...plain, loginUsername: "bob" }],
  ["a login name in another case", plain, { ...plain, loginUsername: "Ann" }],
  ["another address", consenting, { ...consenting, email: "bob@x.test" }],
  ["a login name of its own", consenting, { ...consenting, loginUsername: "shared@x.test" }],
  ["a host of its own", plain, own],
  ["another host", own, { ...own, imapHost: "imap.x.test" }],
  ["another port", own, { ...own, imapPort: 143 }],
])("toAccountName() differs for %s", async (_what, a, b) => {
  expect(await toAccountName(b)).not.toEqual(await toAccountName(a));
});

test("toAccountName() is null without a name, and contains no address", async () => {
  expect(await toAccountName({ ...plain, loginUsername: null })).toBeNull();
  expect(JSON.stringify(await toAccountName(consenting))).not.toMatch(/ann|x\.test/i);
});
