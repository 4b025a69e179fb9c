import { afterAll, beforeAll, expect, test } from "vitest";
import { type ApiAnswer, createApiCaller } from "../../harness/api-caller.ts";
import golden from "../../golden/openapi.json" with { type: "json" };
import { startAnsweringFleet } from "../answering-fleet.ts";
import { useEdge } from "../use-edge.ts";
import { type ApiDocument, type Operation, readDocument } from "./walk-document.ts";
import { CANARY, STRANGE_BODIES, STRANGE_TEXTS, wrongBodies } from "./walk-inputs.ts";
import { newWorld, type World } from "./walk-world.ts";

/**
 * The OpenAPI document from the golden file. Another test checks that the edge serves the same
 * document.
 */
const document: ApiDocument = readDocument(golden);
const { operations, findFaults } = document;
const edge = useEdge();
let fleet: AsyncDisposable | undefined;
beforeAll(() => {
  fleet = startAnsweringFleet(edge.stack());
});
afterAll(() => fleet?.[Symbol.asyncDispose]());

/**
 * Expects an answer that the document describes, and that does not contain CANARY, the text in the
 * wrong values of the request.
 */
function expectDocumented(operation: Operation, answer: ApiAnswer, what: string): void {
  const promised = operation.answers.get(answer.status);
  expect(promised, `${what}: ${answer.status} ${answer.text}`).toBeDefined();
  const mediaType = answer.headers.get("content-type")?.split(";")[0] ?? "";
  const [type, schema] = Object.entries(promised ?? {})[0] ?? ["", undefined];
  expect([what, answer.text === "" ? "" : mediaType]).toEqual([what, type]);
  const body = /json/.test(type) ? answer.body : answer.text;
  if (schema) expect([what, findFaults(schema, body)]).toEqual([what, []]);
  expect(answer.text).not.toContain(CANARY);
}

const send = (world: World, operation: Operation, body?: unknown) =>
  world.partner.call(
    operation.method,
    world.fillPath(operation),
    body === undefined ? {} : { body },
  );

/**
 * A partner with rows of every kind, for requests that change nothing. Created at the first use.
 */
let unchanged: Promise<World> | undefined;
const anyWorld = () => (unchanged ??= newWorld(edge));

const good = (world: World, operation: Operation) => operation.body && world.goodBody(operation);

/** These operations send a command to the fleet, for example to send a test webhook. */
const OF_THE_FLEET = ["POST /webhooks/test", "GET /dead-letters/{id}/eml"];

const titled = operations.map((operation) => [operation.title, operation] as const);
const withBody = titled.filter(([, { body }]) => body !== undefined);
const withPath = titled.filter(([, { path }]) => path.includes("{"));

test("the document has routes", () => {
  expect(operations.length).toBeGreaterThan(12);
});

test.each(titled)("%s succeeds with what is good", async (title, operation) => {
  const world = await newWorld(edge);
  const answer = await send(world, operation, good(world, operation));
  expectDocumented(operation, answer, title);
  expect(answer.status < 300 ? "success" : answer.status).toBe("success");
});

test.each(withBody)("%s refuses each field that is missing or wrong", async (_title, operation) => {
  const world = await anyWorld();
  const schema = document.resolved(operation.body ?? {});
  for (const { what, body, pointer } of wrongBodies(
    schema,
    world.goodBody(operation),
    findFaults,
  )) {
    const answer = await send(world, operation, body);
    expectDocumented(operation, answer, what);
    const problem = {
      code: "invalid-input",
      errors: expect.arrayContaining([expect.objectContaining({ pointer })]),
    };
    expect({ what, ...answer }).toMatchObject({ what, status: 422, body: problem });
  }
});

test.each(withBody)("%s refuses a body that is no fields", async (_title, operation) => {
  const world = await anyWorld();
  const { stack } = edge;
  for (const [what, body, contentType, status] of STRANGE_BODIES) {
    const response = await fetch(`${stack().url}/api/v1${world.fillPath(operation)}`, {
      method: operation.method,
      headers: { "x-api-key": world.partner.apiKey, "content-type": contentType },
      body,
    });
    const text = await response.text();
    const answer = {
      status: response.status,
      headers: response.headers,
      text,
      body: JSON.parse(text),
    };
    expectDocumented(operation, answer, what);
    expect([what, answer.status]).toEqual([what, status]);
  }
});

test.each(titled)("%s bears strange parameters", async (_title, operation) => {
  const world = await (operation.method === "GET" ? anyWorld() : newWorld(edge));
  const path = world.fillPath(operation);
  const body = good(world, operation);
  const call = async (what: string, asked: string, headers: Record<string, string> = {}) => {
    const answer = await world.partner.call(operation.method, asked, {
      ...(body && { body }),
      headers,
    });
    expectDocumented(operation, answer, what);
    return answer;
  };
  for (const { name, in: place, schema } of operation.parameters) {
    for (const text of STRANGE_TEXTS) {
      const what = `${name} ${JSON.stringify(text).slice(0, 40)}`;
      if (place === "query") {
        // Skips a valid value: it might let the operation succeed and change the partner's rows.
        if (findFaults(schema, text).length === 0 && operation.method !== "GET") continue;
        const answer = await call(what, `${path}?${name}=${encodeURIComponent(text)}`);
        if (findFaults(schema, text).length > 0) expect([what, answer.status]).toEqual([what, 422]);
      } else if (place === "header") {
        const header = encodeURI(text).slice(0, 300);
        if (name === "if-match" || header.length > 255) await call(what, path, { [name]: header });
      } else if (text !== "") {
        const strange = operation.path.replace(`{${name}}`, encodeURIComponent(text));
        const answer = await call(what, strange.replaceAll(/\{\w+\}/g, "walked"));
        expect([what, answer.status]).toEqual([what, 404]);
      }
    }
  }
});

test.each(withPath)("%s finds nothing of another partner's", async (title, operation) => {
  const world = await anyWorld();
  const stranger = await edge.newPartner();
  const body = good(world, operation);
  const request = body === undefined ? {} : { body };
  const answer = await stranger.call(operation.method, world.fillPath(operation), request);
  expectDocumented(operation, answer, title);
  expect(answer.status).toBe(404);
});

let locked: Promise<World> | undefined;
const lockedWorld = () =>
  (locked ??= newWorld(edge).then(async (world) => {
    const revoke = "update api_keys set revoked_at = now() where partner_id = $1";
    await edge.stack().query(revoke, [world.partner.id]);
    return world;
  }));

test.each(titled)("%s wants a key that is not revoked", async (title, operation) => {
  const world = await lockedWorld();
  const { url } = edge.stack();
  const body = good(world, operation);
  const request = body === undefined ? {} : { body };
  for (const call of [world.partner.call, createApiCaller(url), createApiCaller(url, CANARY)]) {
    const answer = await call(operation.method, world.fillPath(operation), request);
    expectDocumented(operation, answer, title);
    expect(answer).toMatchObject({ status: 401, body: { code: "unauthorized" } });
  }
});

const paths = [...Map.groupBy(operations, ({ path }) => path)];

/**
 * Returns whether another path of the document also matches this path and has this method. For
 * example, `/letters/{id}` also matches `/letters/all`.
 */
const isElsewhere = (path: string, method: string) =>
  operations.some(
    (other) =>
      other.path !== path &&
      other.method === method &&
      new RegExp(`^${other.path.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(path),
  );

test.each(paths)("%s has no method but its own", async (_path, own) => {
  const [first] = own;
  if (!first) throw new Error("A path has no operation");
  const world = await anyWorld();
  const { call } = world.partner;
  const path = world.fillPath(first);
  const methods = new Set(own.map(({ method }) => method));
  for (const method of ["GET", "POST", "PUT", "DELETE", "PATCH"]) {
    if (methods.has(method) || isElsewhere(first.path, method)) continue;
    const answer = await call(method, path);
    expect(answer).toMatchObject({ status: 405, body: { code: "method-not-allowed" } });
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    for (const known of methods) expect(answer.headers.get("allow")).toContain(known);
  }
  const head = await call("HEAD", path);
  const hasGet = methods.has("GET") || isElsewhere(first.path, "GET");
  const status = hasGet ? (await call("GET", path)).status : 405;
  expect({ status: head.status, text: head.text }).toEqual({ status, text: "" });
  expect((await call("OPTIONS", path)).status).toBe(204);
});

test("operations that need a fleet are answered as documented without one", async () => {
  await fleet?.[Symbol.asyncDispose]();
  const world = await anyWorld();
  const asking = titled.filter(([title]) => OF_THE_FLEET.includes(title));
  expect(asking).toHaveLength(OF_THE_FLEET.length);
  // The edge waits 5 s for the fleet in each request. So all requests run at the same time.
  const told = asking.map(async ([title, operation]) => {
    const answer = await send(world, operation, good(world, operation));
    expectDocumented(operation, answer, title);
    expect([title, answer.status]).toEqual([title, 503]);
  });
  await Promise.all(told);
});
