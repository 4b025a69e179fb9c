import { expect, test } from "vitest";
import { signatureIn, TRACER_HEADER, toTracerMail, parseTracerUid } from "./tracer-mail.ts";

test("toTracerMail() writes a mail from a user to itself", () => {
  const mail = toTracerMail({ uid: "u-1", address: "ann@example.com", signature: "sig" });
  expect(mail).toMatchObject({
    from: "ann@example.com",
    to: "ann@example.com",
    subject: "TRACER: u-1",
    headers: { [TRACER_HEADER]: "sig", "Auto-Submitted": "auto-generated" },
  });
  expect(parseTracerUid(mail.subject)).toBe("u-1");
});

test.each<[subject: string | null, uid: string | undefined]>([
  ["TRACER: 0123-abc_D", "0123-abc_D"],
  [" TRACER: u ", "u"],
  [null, undefined],
  ["", undefined],
  ["Hello", undefined],
  ["TRACER:", undefined],
  ["TRACER: two words", undefined],
  ["Re: TRACER: u", undefined],
  ["tracer: u", undefined],
  [`TRACER: ${"u".repeat(65)}`, undefined],
])("parseTracerUid() reads %j", (subject, uid) => {
  expect(parseTracerUid(subject)).toBe(uid);
});

test.each<[lines: string, signature: string | undefined]>([
  ["X-SuperIMAP-Tracer: a.b.c\r\n\r\n", "a.b.c"],
  ["x-superimap-tracer:a.b.c", "a.b.c"],
  ["X-SUPERIMAP-TRACER:\r\n a.b\r\n\t.c\r\n\r\n", "a.b.c"],
  ["\r\n", undefined],
  ["X-Other: a.b.c\r\n\r\n", undefined],
])("signatureIn() reads %j", (lines, signature) => {
  expect(signatureIn(new TextEncoder().encode(lines))).toBe(signature);
});
