import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { newBehaviour } from "../../dev/servers/authorization-server/behaviour.ts";
import {
  startTestAuthorizationServer,
  type TestAuthorizationServer,
} from "../harness/oauth/authorization-server.ts";
import { eventually } from "../harness/eventually.ts";
import { newOauthApp, type OauthApp } from "./oauth-app.ts";

let server: TestAuthorizationServer;
let app: OauthApp;
let token: string;

beforeAll(async () => {
  server = await startTestAuthorizationServer({ accounts: ["alice@demo.test"] });
  app = newOauthApp(server);
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(async () => {
  Object.assign(server.behaviour, newBehaviour(), { tokenFault: null });
  token = await server.grantRefreshToken("alice@demo.test");
});

const refreshForm = () =>
  new URLSearchParams({ grant_type: "refresh_token", refresh_token: token });
const post = () => fetch(server.endpoints.token, { method: "POST", body: refreshForm() });

/** Returns the error of an attempt. Undefined means success. */
const catchError = (attempt: Promise<unknown>) =>
  attempt.then(
    () => undefined,
    (error: unknown) => error,
  );

test("a status is answered while it is set, and is counted", async () => {
  const before = server.counts().refresh_token;
  server.behaviour.tokenFault = { kind: "status", status: 503, retryAfterSeconds: 3 };
  const answer = await post();
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "3"]);
  server.behaviour.tokenFault = null;
  expect(await app.refresh(token)).toMatchObject({ status: 200 });
  expect(server.counts().refresh_token).toBe(before + 2);
});

test("garbage is no JSON, under a good status", async () => {
  server.behaviour.tokenFault = { kind: "garbage" };
  const answer = await post();
  expect(answer.status).toBe(200);
  await expect(answer.json()).rejects.toThrow(SyntaxError);
});

test("an OAuth error is answered as one", async () => {
  server.behaviour.tokenFault = { kind: "error", error: "invalid_client" };
  expect(await app.refresh(token)).toMatchObject({ status: 400, error: "invalid_client" });
});

test("a slow answer arrives late", async () => {
  server.behaviour.tokenFault = { kind: "slow", ms: 100 };
  const start = performance.now();
  expect(await app.refresh(token)).toMatchObject({ status: 200 });
  expect(performance.now() - start).toBeGreaterThan(95);
});

test("a hanging request is seen, and lasts until the client gives up", async () => {
  const before = server.counts().refresh_token;
  server.behaviour.tokenFault = { kind: "hang" };
  const givingUp = new AbortController();
  const failure = catchError(app.refresh(token, givingUp.signal));
  const isSeen = () => (server.counts().refresh_token > before ? true : undefined);
  await eventually("the request", isSeen);
  givingUp.abort();
  expect(await failure).toBeInstanceOf(Error);
});

test.each([
  ["lenient", 200],
  ["strict", 400],
] as const)(
  "with %s rotation, after a lost answer the old refresh token is answered %i",
  async (rotation, status) => {
    server.behaviour.rotation = rotation;
    server.behaviour.tokenFault = { kind: "lost_answer" };
    expect(await catchError(app.refresh(token))).toBeInstanceOf(Error);
    server.behaviour.tokenFault = null;
    expect(await app.refresh(token)).toMatchObject({ status });
  },
);

test("no request hangs when the server ends", async () => {
  const ending = await startTestAuthorizationServer();
  ending.behaviour.tokenFault = { kind: "hang" };
  const failure = catchError(
    fetch(ending.endpoints.token, { method: "POST", body: refreshForm() }),
  );
  const isSeen = () => (ending.counts().refresh_token > 0 ? true : undefined);
  await eventually("the request", isSeen);
  await ending[Symbol.asyncDispose]();
  expect(await failure).toBeInstanceOf(Error);
});
