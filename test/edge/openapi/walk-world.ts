import * as v from "valibot";
import type { ApiCaller } from "../../harness/api-caller.ts";
import { insertLetter } from "../webhooks/insert-letter.ts";
import { USERS, userPath, type TestEdge, type TestPartner } from "../use-edge.ts";
import type { Operation } from "./walk-document.ts";

/** A partner that owns a row of every kind, and valid values for each operation. */
export interface World {
  partner: TestPartner;
  /** Returns the operation's path with values in place of its parameters. */
  fillPath(operation: Operation): string;
  /** Returns a valid request body for the operation. */
  goodBody(operation: Operation): Record<string, unknown>;
}

const withId = v.object({ id: v.string() });
const LOGIN = { login_username: "me", login_password: "secret" };

/** Valid request bodies by operation. Operations that are not listed accept an empty object. */
const GOOD_BODIES: Readonly<Record<string, Record<string, unknown>>> = {
  "POST /connections": { imap_provider_code: "GMAIL_OAUTH2", oauth2_client_id: "client" },
  "POST /connections/{code}/users": { tag: "another", ...LOGIN },
  "PUT /connections/{code}/users/{tag}": { tag: "renamed" },
  "PUT /api-keys/{id}": { signing: true },
  "POST /dead-letters/redeliver": { all: true },
  "POST /dead-letters/delete": { all: true },
};

export async function newWorld(edge: TestEdge): Promise<World> {
  const partner = await edge.connectedPartner();
  const { call } = partner;
  for (const tag of ["walked", "fresh", "leaving"]) {
    await made(call, "POST", USERS, { tag, ...LOGIN });
  }
  await made(call, "POST", `${userPath("walked")}/sweep`, {});
  const purge = await made(call, "DELETE", `${userPath("leaving")}?purge=true`);
  const key = await made(call, "POST", "/api-keys", {});
  const values: Readonly<Record<string, string>> = {
    "/connections/{code}": "PLAIN",
    "/connections/{code}/users/{tag}": "walked",
    "/purges/{id}": v.parse(withId, purge).id,
    "/api-keys/{id}": v.parse(withId, key).id,
    "/dead-letters/{id}": await insertLetter(edge.stack(), partner, { tag: "walked" }),
  };
  /** The user `walked` has a sweep already. So this path uses another user, to avoid a conflict. */
  const exceptions: Readonly<Record<string, string>> = {
    "POST /connections/{code}/users/{tag}/sweep": `${userPath("fresh")}/sweep`,
  };
  return {
    partner,
    fillPath: ({ title, path }) => exceptions[title] ?? fillIn(path, values),
    goodBody: ({ title }) => GOOD_BODIES[title] ?? {},
  };
}

/**
 * Replaces each parameter of a path with a value.
 *
 * @param values The key is the beginning of the path, up to and including the parameter.
 */
function fillIn(path: string, values: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{\w+\}/g, (parameter, offset: number) => {
    const value = values[path.slice(0, offset + parameter.length)];
    if (value === undefined) throw new Error(`The walk has no value for ${parameter} of ${path}`);
    return value;
  });
}

async function made(call: ApiCaller, method: string, path: string, body?: object) {
  const answer = await call(method, path, body === undefined ? {} : { body });
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  return answer.body;
}
