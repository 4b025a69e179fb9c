import { expect, test } from "vitest";
import { toEnvelope } from "../../imap/fetch/envelope.ts";
import { contentHash, oversizeHash } from "./content-hash.ts";

const hashText = (text: string) => contentHash(Buffer.from(text));
const mail =
  "Received: from a\r\nSubject: Your order\r\nFrom: shop@mail.example\r\nMessage-ID: <1@shop>\r\n\r\nOne\r\n";

test.each([
  ["another relay's line", mail.replace("from a", "from b")],
  ["a scanner's header", `X-Scanned: yes\r\n${mail}`],
  ["a field folded in another way", mail.replace("Your order", "Your\r\n order")],
])("contentHash() is the same in spite of %s", async (_name, copy) => {
  expect(await hashText(copy)).toBe(await hashText(mail));
});

test.each([
  ["another text", mail.replace("One", "Two")],
  ["another subject", mail.replace("order", "parcel")],
  ["another date", `Date: Sun, 22 Nov 2026 15:04:05 +0000\r\n${mail}`],
  ["another sender", mail.replace("shop@", "mall@")],
])("contentHash() differs for %s", async (_name, other) => {
  expect(await hashText(other)).not.toBe(await hashText(mail));
});

test.each(["", "\r\n", " \t\r\n\r\n"])("contentHash() of nothing is none: %j", async (text) => {
  expect(await hashText(text)).toBeNull();
});

test("oversizeHash() distinguishes mails by size and date", async () => {
  const header = {
    uid: 1,
    internalDate: new Date(0),
    sizeBytes: 5,
    envelope: toEnvelope(undefined),
    labels: new Set<string>(),
  };
  const same = await oversizeHash({ ...header, uid: 2 });
  expect(same).toBe(await oversizeHash(header));
  expect(await oversizeHash({ ...header, sizeBytes: 6 })).not.toBe(same);
  expect(await oversizeHash({ ...header, internalDate: new Date(1) })).not.toBe(same);
});
