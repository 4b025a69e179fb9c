import { expect, test } from "vitest";
import { useEdge, userPath, USERS } from "../use-edge.ts";

const edge = useEdge();

const FORM = "application/x-www-form-urlencoded";

const forms: [what: string, contentType: string | undefined, body: string][] = [
  ["a form", FORM, "tag=X&email=x%40x.test"],
  [
    "a form under a JSON type, as SuperIMAP's client sends it",
    "application/json",
    "tag=X&email=x%40x.test",
  ],
  ["JSON", "application/json", '{"tag":"X","email":"x@x.test"}'],
];

test.each(forms)("a user can be created by %s", async (_what, contentType, body) => {
  const { call } = await edge.connectedPartner();
  const headers = { ...(contentType !== undefined && { "content-type": contentType }) };
  expect(await call("POST", USERS, { body, headers })).toMatchObject({
    status: 201,
    body: { tag: "X", email: "x@x.test" },
  });
});

test("a user can be created by a multipart form", async () => {
  const { call } = await edge.connectedPartner();
  const body = new FormData();
  body.set("tag", "X & ü");
  expect(await call("POST", USERS, { body })).toMatchObject({
    status: 201,
    body: { tag: "X & ü" },
  });
});

test.each(["tag=X", '{"tag":"X"}'])("%s without a content type is read", async (text) => {
  const { apiKey } = await edge.connectedPartner();
  // fetch() adds a content type to a text, but not to bytes.
  const response = await fetch(`${edge.stack().url}/api/v1${USERS}`, {
    method: "POST",
    headers: { "x-api-key": apiKey },
    body: new TextEncoder().encode(text),
  });
  expect(await response.json()).toMatchObject({ tag: "X" });
});

test("a form archives and restores with its words for true and false", async () => {
  const { call } = await edge.connectedPartner();
  await call("POST", USERS, { body: { tag: "X" } });
  const headers = { "content-type": FORM };
  for (const [value, archived] of [
    ["true", true],
    ["false", false],
    ["1", true],
    ["0", false],
  ]) {
    expect(await call("PUT", userPath("X"), { body: `archived=${value}`, headers })).toMatchObject({
      status: 200,
      body: { archived },
    });
  }
});

test("a file in a form is a wrong field", async () => {
  const { call } = await edge.connectedPartner();
  const body = new FormData();
  body.set("tag", new Blob(["X"]), "x.txt");
  expect(await call("POST", USERS, { body })).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: "/tag", detail: "must be a string" }] },
  });
});

test("bad JSON is malformed, and its answer does not repeat it", async () => {
  const { call } = await edge.connectedPartner();
  const headers = { "content-type": "application/json" };
  for (const body of ['{"login_password":"hunter2"', "hunter2", "{tag: 1}"]) {
    const answer = await call("POST", USERS, { body, headers });
    expect(answer).toMatchObject({ status: 400, body: { code: "malformed-body" } });
    expect(answer.text).not.toContain("hunter2");
  }
});

const latin1 = (text: string) => Uint8Array.from(Buffer.from(text, "latin1"));
const parts = (password: string) =>
  `--b\r\ncontent-disposition: form-data; name="tag"\r\n\r\nX\r\n--b\r\ncontent-disposition: form-data; name="login_password"\r\n\r\n${password}\r\n--b--\r\n`;

test.each([
  ["a form with an escaped byte of Latin-1", FORM, "tag=X&login_password=hunter2%DFe"],
  ["a form with a raw one", FORM, latin1("tag=X&login_password=hunter2\xDFe")],
  ["such a form under a JSON type", "application/json", "tag=X&login_password=hunter2%DFe"],
  ["a form with a bare percent sign", FORM, "tag=X&login_password=hunter2%"],
  ["a form with an escape that is none", FORM, "tag=X&login_password=hunter2%G1"],
  ["a form with an overlong escape", FORM, "tag=X&login_password=hunter2%C0%AF"],
  ["a form with an escaped surrogate", FORM, "tag=X&login_password=hunter2%ED%A0%80"],
  ["a form that says that it is Latin-1", `${FORM}; charset=iso-8859-1`, "tag=X%DF"],
  ["a multipart form in Latin-1", "multipart/form-data; boundary=b", latin1(parts("hunter2\xDFe"))],
  ["JSON in Latin-1", "application/json", latin1('{"tag":"X","login_password":"hunter2\xDFe"}')],
])("%s is malformed, and nothing is stored", async (_what, contentType, body) => {
  const { apiKey, call } = await edge.connectedPartner();
  const response = await fetch(`${edge.stack().url}/api/v1${USERS}`, {
    method: "POST",
    headers: { "x-api-key": apiKey, "content-type": contentType },
    body,
  });
  const text = await response.text();
  expect(response.status).toBe(400);
  expect(JSON.parse(text)).toMatchObject({ code: "malformed-body" });
  expect(text).not.toContain("hunter2");
  expect((await call("GET", USERS)).body).toEqual([]);
});

test("a form takes all characters of UTF-8, escaped and not", async () => {
  const { call } = await edge.connectedPartner();
  const headers = { "content-type": FORM };
  const body = "tag=Stra%C3%9Fe+%F0%9F%8E%89+Straße+100%25+%EF%BF%BD";
  expect(await call("POST", USERS, { body, headers })).toMatchObject({
    status: 201,
    body: { tag: "Straße 🎉 Straße 100% \uFFFD" },
  });
});

test("a key in a form or a query that is not UTF-8 is refused", async () => {
  const { apiKey } = await edge.connectedPartner();
  const url = `${edge.stack().url}/api/v1${USERS}`;
  const headers = { "content-type": FORM };
  const form = await fetch(url, { method: "POST", headers, body: `api_key=${apiKey}%DF&tag=X` });
  expect(form.status).toBe(400);
  for (const key of [`${apiKey}%DF`, `%DF${apiKey}`, "%", "%G1"]) {
    expect((await fetch(`${url}?api_key=${key}`)).status).toBe(401);
  }
});

test("a body of another content type is refused", async () => {
  const { call } = await edge.connectedPartner();
  const headers = { "content-type": "text/xml" };
  expect(await call("POST", USERS, { body: "<tag>X</tag>", headers })).toMatchObject({
    status: 415,
    body: { code: "unsupported-media-type" },
  });
});

test("all faults are reported at once, with pointers and without values", async () => {
  const { call } = await edge.connectedPartner();
  const answer = await call("POST", USERS, {
    body: { email: "hunter2", login_password: 5, bogus: "hunter2", extra: 1 },
  });
  expect(answer.status).toBe(422);
  expect(answer.body).toMatchObject({
    code: "invalid-input",
    errors: [
      { pointer: "/tag", detail: "is missing" },
      { pointer: "/email" },
      { pointer: "/login_password" },
      { pointer: "/bogus", detail: "is not a known field" },
      { pointer: "/extra", detail: "is not a known field" },
    ],
  });
  expect(answer.text).not.toContain("hunter2");
});

test("a body of 64 KiB is read, and one byte more is too large", async () => {
  const { call } = await edge.connectedPartner();
  const headers = { "content-type": "application/json" };
  const fits = `{"tag":"X"}${" ".repeat(64 * 1024 - 11)}`;
  expect((await call("POST", USERS, { body: `${fits} `, headers })).body).toMatchObject({
    status: 413,
    code: "body-too-large",
  });
  expect((await call("POST", USERS, { body: fits, headers })).status).toBe(201);
});

test("a body too large is refused without a content-length too", async () => {
  const { apiKey } = await edge.connectedPartner();
  const chunk = new Uint8Array(16 * 1024).fill(0x20);
  const state = { chunks: 0 };
  const response = await fetch(`${edge.stack().url}/api/v1${USERS}`, {
    method: "POST",
    headers: { "x-api-key": apiKey, "content-type": "application/json" },
    body: new ReadableStream({
      pull(controller) {
        if (state.chunks++ < 64) controller.enqueue(chunk);
        else controller.close();
      },
    }),
    duplex: "half",
  });
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({ code: "body-too-large" });
});
