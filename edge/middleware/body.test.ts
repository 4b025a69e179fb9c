import { expect, test } from "vitest";
import { parseBody, withoutApiKey } from "./body.ts";

const encodeText = (text: string) => new TextEncoder().encode(text);

const latin1 = (text: string) => Uint8Array.from(Buffer.from(text, "latin1"));

const JSON_TYPE = "application/json";
const FORM_TYPE = "application/x-www-form-urlencoded";
const MULTIPART_TYPE = "multipart/form-data; boundary=b";
const multipart = '--b\r\ncontent-disposition: form-data; name="tag"\r\n\r\nX & ü\r\n--b--\r\n';

const readable: [what: string, contentType: string, text: string, fields: unknown][] = [
  ["JSON", JSON_TYPE, '{"tag":"X"}', { tag: "X" }],
  ["JSON with a charset", "Application/JSON; charset=utf-8", '{"tag":"X"}', { tag: "X" }],
  ["JSON of a +json type", "application/vnd.api+json", '{"tag":"X"}', { tag: "X" }],
  ["JSON without a content type", "", ' {"tag":"a=b"}', { tag: "a=b" }],
  ["JSON that is no object", JSON_TYPE, "[1]", [1]],
  ["a form", FORM_TYPE, "tag=a%2Fb+c&archived=1", { tag: "a/b c", archived: "1" }],
  ["a form under a JSON type", JSON_TYPE, "tag=X&email=", { tag: "X", email: "" }],
  ["a form without a content type", "", "tag=X", { tag: "X" }],
  ["a form's last of two", FORM_TYPE, "tag=X&tag=Y", { tag: "Y" }],
  ["a multipart form", MULTIPART_TYPE, multipart, { tag: "X & ü" }],
  ["nothing", JSON_TYPE, "", {}],
  ["blanks", JSON_TYPE, " \r\n", {}],
  ["nothing of an unknown type", "text/plain", "", {}],
];

test.each(readable)("parseBody() reads %s", async (_what, contentType, text, fields) => {
  expect(await parseBody(encodeText(text), contentType)).toEqual(fields);
});

const unreadable: [what: string, contentType: string, bytes: Uint8Array<ArrayBuffer>][] = [
  ["cut JSON", JSON_TYPE, encodeText('{"tag":"hunter2"')],
  ["bare words", JSON_TYPE, encodeText("hunter2")],
  ["invalid UTF-8", JSON_TYPE, new Uint8Array([0x22, 0xff, 0x22])],
  ["a form with a raw byte of Latin-1", FORM_TYPE, latin1("login_password=hunter2Stra\xDFe")],
  [
    "a form with an escaped byte of Latin-1",
    FORM_TYPE,
    encodeText("login_password=hunter2Stra%DFe"),
  ],
  ["a form under a JSON type with one", JSON_TYPE, encodeText("login_password=hunter2Stra%DFe")],
  ["a form without a content type with one", "", encodeText("login_password=hunter2Stra%DFe")],
  ["a form whose name has one", FORM_TYPE, encodeText("Stra%DFe=hunter2")],
  ["a form with a bare percent sign", FORM_TYPE, encodeText("login_password=hunter2%")],
  ["a form with an escape that is none", FORM_TYPE, encodeText("login_password=hunter2%G1")],
  ["a form with an overlong escape", FORM_TYPE, encodeText("login_password=hunter2%C0%AF")],
  ["a form with a surrogate", FORM_TYPE, encodeText("login_password=hunter2%ED%A0%80")],
  [
    "a multipart form with a byte of Latin-1",
    MULTIPART_TYPE,
    latin1(multipart.replace("ü", "\xFC")),
  ],
  ["JSON with a byte of Latin-1", JSON_TYPE, latin1('{"login_password":"hunter2Stra\xDFe"}')],
  ["a multipart body without its boundary", MULTIPART_TYPE, encodeText("hunter2")],
];

test.each(unreadable)("parseBody() refuses %s and does not repeat it", async (_, type, bytes) => {
  const error = await parseBody(bytes, type).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "malformed-body" });
  expect(String(error)).not.toContain("hunter2");
});

test("parseBody() refuses a content type that it does not know", async () => {
  await expect(parseBody(encodeText("<a/>"), "text/xml")).rejects.toMatchObject({ status: 415 });
});

test("withoutApiKey() removes the key from fields and leaves other bodies unchanged", () => {
  expect(withoutApiKey({ api_key: "k", tag: "X" })).toEqual({ tag: "X" });
  expect(withoutApiKey([1])).toEqual([1]);
});
