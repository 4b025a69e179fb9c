import { expect, test } from "vitest";
import { toEnvelope } from "../../imap/fetch/envelope.ts";
import { rfc822Text, sha1Hex } from "../../../../shared/mail/rfc822.ts";
import { contentHash, oversizeHash, textSha1 } from "./content-hash.ts";

const hashText = (text: string) => contentHash(Buffer.from(text));
const mail =
  "Received: from a\r\nSubject: Your order\r\nFrom: shop@mail.example\r\nMessage-ID: <1@shop>\r\n\r\nOne\r\n";

test.each([
  ["another relay's line", mail.replace("from a", "from b")],
  ["a scanner's header", `X-Scanned: yes\r\n${mail}`],
  ["a field folded in another way", mail.replace("Your order", "Your\r\n order")],
])("contentHash() is the same in spite of %s", (_name, copy) => {
  expect(hashText(copy)).toBe(hashText(mail));
});

test.each([
  ["another text", mail.replace("One", "Two")],
  ["another subject", mail.replace("order", "parcel")],
  ["another date", `Date: Sun, 22 Nov 2026 15:04:05 +0000\r\n${mail}`],
  ["another sender", mail.replace("shop@", "mall@")],
])("contentHash() differs for %s", (_name, other) => {
  expect(hashText(other)).not.toBe(hashText(mail));
});

test.each(["", "\r\n", " \t\r\n\r\n"])("contentHash() of nothing is none: %j", (text) => {
  expect(hashText(text)).toBeNull();
});

test.each([
  ["valid UTF-8", [0xc3, 0xbc, 0x0a]],
  ["a byte order mark", [0xef, 0xbb, 0xbf, 0x61]],
  ["bytes that are not UTF-8", [0x61, 0xff, 0xc3]],
])("textSha1() of %s is that of the text in a webhook", (_name, bytes) => {
  const source = Uint8Array.from(bytes);
  expect(textSha1(source)).toBe(sha1Hex(rfc822Text(source)));
});

test("oversizeHash() distinguishes mails by size and date", () => {
  const header = {
    uid: 1,
    internalDate: new Date(0),
    sizeBytes: 5,
    envelope: toEnvelope(undefined),
    labels: new Set<string>(),
  };
  const same = oversizeHash({ ...header, uid: 2 });
  expect(same).toBe(oversizeHash(header));
  expect(oversizeHash({ ...header, sizeBytes: 6 })).not.toBe(same);
  expect(oversizeHash({ ...header, internalDate: new Date(1) })).not.toBe(same);
});
