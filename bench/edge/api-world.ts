import * as v from "valibot";
import { newId } from "../../shared/ids.ts";
import { insertLetter } from "../../test/edge/webhooks/insert-letter.ts";
import { type ApiAnswer, createApiCaller } from "../../test/harness/api-caller.ts";
import type { EdgeStack } from "../../test/harness/stacks/edge-stack.ts";

const USERS = 200;
const WEBHOOK = "http://127.0.0.1:9/webhook";
const LOGIN = { login_username: "me", login_password: "secret" };
const USER = "/connections/PLAIN/users/user-1";
const OTHER = "GMAIL_OAUTH2";
const withId = v.object({ id: v.string() });

interface Prepared {
  path: string;
  body?: object;
}

/** A route of `/api/v1`, and how to prepare a request that it answers with success. */
export interface ApiRoute {
  method: string;
  /** The path without `/api/v1`, with the names of its parameters. */
  path: string;
  prepare(): Promise<Prepared>;
}

export interface ApiWorld {
  routes: ApiRoute[];
  /** @throws when the answer is an error. */
  send(method: string, request: Prepared, headers?: Record<string, string>): Promise<ApiAnswer>;
}

/** Creates a partner with rows of every kind, and the requests for every route. */
export async function newApiWorld(stack: EdgeStack): Promise<ApiWorld> {
  const webhooks = { newMailWebhook: WEBHOOK, userConnectedWebhook: WEBHOOK };
  const partner = await stack.newPartner(webhooks);
  const call = createApiCaller(stack.url, partner.apiKey);
  const send: ApiWorld["send"] = async (method, { path, body }, headers = {}) => {
    const answer = await call(method, path, { headers, ...(body !== undefined && { body }) });
    if (answer.status < 400) return answer;
    throw new Error(`${method} ${path} was answered with ${answer.status}: ${answer.text}`);
  };
  const make = async (path: string, body: object = {}) =>
    v.parse(withId, (await send("POST", { path, body })).body).id;
  const makeUser = async (tag: string = newId("evt")) => {
    await send("POST", { path: "/connections/PLAIN/users", body: { tag, ...LOGIN } });
    return `/connections/PLAIN/users/${tag}`;
  };
  const connect = (code: string) =>
    send("POST", { path: "/connections", body: { imap_provider_code: code } });
  const disconnect = () =>
    stack.query(
      `update partner_connections set removed_at = now()
       where partner_id = $1 and removed_at is null
         and provider_id = (select id from imap_providers where code = $2)`,
      [partner.id, OTHER],
    );
  const makeLetter = () => insertLetter(stack, partner, { tag: "user-1" });
  const onlyFirstKey = async () => {
    const { id, apiKeyId } = partner;
    await stack.query("delete from api_keys where partner_id = $1 and id <> $2", [id, apiKeyId]);
    await stack.query("update api_keys set signing = true where id = $1", [apiKeyId]);
  };

  await connect("PLAIN");
  await connect(OTHER);
  for (let number = 1; number <= USERS; number++) await makeUser(`user-${number}`);
  await send("POST", { path: `${USER}/sweep`, body: {} });
  const purged = await send("DELETE", { path: `${await makeUser()}?purge=true` });
  const purge = v.parse(withId, purged.body).id;
  const letter = await makeLetter();

  // Requests that are sent at the same time change different users.
  let turn = 0;
  const nextUser = () => `/connections/PLAIN/users/user-${(turn++ % USERS) + 1}`;
  const at = (path: string, body?: object) => () =>
    Promise.resolve({ path, ...(body && { body }) });
  const routes: Record<string, () => Promise<Prepared>> = {
    "GET /connections": at("/connections"),
    "GET /connections/:code": at("/connections/PLAIN"),
    "GET /connections/:code/users": at("/connections/PLAIN/users"),
    "GET /connections/:code/users/:tag": at(USER),
    "GET /connections/:code/users/:tag/sweep": at(`${USER}/sweep`),
    "GET /purges/:id": at(`/purges/${purge}`),
    "GET /events": at("/events"),
    "GET /dead-letters": at("/dead-letters"),
    "GET /dead-letters/counts": at("/dead-letters/counts"),
    "GET /dead-letters/:id": at(`/dead-letters/${letter}`),
    "GET /dead-letters/:id/eml": at(`/dead-letters/${letter}/eml`),
    "GET /tracer-log": at("/tracer-log"),
    "GET /api-keys": at("/api-keys"),
    "GET /webhooks": at("/webhooks"),
    "GET /webhooks/secret": at("/webhooks/secret"),
    "GET /webhooks/signing-key": at("/webhooks/signing-key"),
    "POST /connections": async () => {
      await disconnect();
      return { path: "/connections", body: { imap_provider_code: OTHER } };
    },
    "PUT /connections/:code": () =>
      Promise.resolve({ path: `/connections/${OTHER}`, body: { oauth2_client_id: newId("evt") } }),
    "DELETE /connections/:code": async () => {
      await disconnect();
      await connect(OTHER);
      return { path: `/connections/${OTHER}` };
    },
    "POST /connections/:code/users": () =>
      Promise.resolve({
        path: "/connections/PLAIN/users",
        body: { tag: newId("evt"), ...LOGIN },
      }),
    "PUT /connections/:code/users/:tag": () =>
      Promise.resolve({ path: nextUser(), body: { ...LOGIN, login_username: newId("evt") } }),
    "DELETE /connections/:code/users/:tag": async () => ({ path: await makeUser() }),
    "DELETE /connections/:code/users/:tag?purge=true": async () => ({
      path: `${await makeUser()}?purge=true`,
    }),
    "POST /connections/:code/users/:tag/sweep": async () => ({
      path: `${await makeUser()}/sweep`,
      body: {},
    }),
    "POST /dead-letters/redeliver": async () => ({
      path: "/dead-letters/redeliver",
      body: { user_tag: "user-1" },
    }),
    "POST /dead-letters/delete": at("/dead-letters/delete", { user_tag: "nobody" }),
    "POST /dead-letters/:id/redeliver": async () => ({
      path: `/dead-letters/${await makeLetter()}/redeliver`,
    }),
    "DELETE /dead-letters/:id": async () => ({ path: `/dead-letters/${await makeLetter()}` }),
    "POST /api-keys": async () => {
      await onlyFirstKey();
      return { path: "/api-keys", body: {} };
    },
    "PUT /api-keys/:id": async () => {
      await onlyFirstKey();
      return { path: `/api-keys/${await make("/api-keys")}`, body: { signing: true } };
    },
    "DELETE /api-keys/:id": async () => {
      await onlyFirstKey();
      return { path: `/api-keys/${await make("/api-keys")}` };
    },
    "POST /webhooks/secret": at("/webhooks/secret", { force: true }),
    "POST /webhooks/signing-key": at("/webhooks/signing-key", { force: true }),
    "DELETE /webhooks/signing-key": async () => {
      await send("POST", { path: "/webhooks/signing-key", body: { force: true } });
      return { path: "/webhooks/signing-key" };
    },
    "POST /webhooks/pause": at("/webhooks/pause", {}),
    "POST /webhooks/resume": at("/webhooks/resume", {}),
    "POST /webhooks/test": at("/webhooks/test"),
  };
  return {
    send,
    routes: Object.entries(routes).map(([title, prepare]) => {
      const [method = "", path = ""] = title.split(" ");
      return { method, path, prepare };
    }),
  };
}
