import type { Context } from "hono";
import { encodeBase62 } from "../../../shared/base62.ts";
import { sha256Hex } from "../../../shared/secrets/sha256.ts";
import type { AppEnv } from "../../app-env.ts";
import { hashSessionToken } from "./session-cookie.ts";

/** How a request says who sends it. The database stores only the hashes. */
export type Credential = { kind: "session"; hash: string } | { kind: "api-token"; hash: string };

const TOKEN_PREFIX = "simap_admin_";
const BEARER = /^bearer +/i;

/** The API token in the request's header. Other tokens there, as a proxy may add, do not count. */
function readApiToken(c: Context<AppEnv>): string | undefined {
  const header = c.req.header("authorization") ?? "";
  const token = header.replace(BEARER, "");
  return token !== header && token.startsWith(TOKEN_PREFIX) ? token : undefined;
}

/** Creates a random API token. Its prefix makes it recognizable where it was leaked. */
export const newApiToken = (): string =>
  TOKEN_PREFIX + encodeBase62(crypto.getRandomValues(new Uint8Array(32)));

/** Whether the request has an API token. Then its cookie does not count. */
export const hasApiToken = (c: Context<AppEnv>): boolean => readApiToken(c) !== undefined;

/** Returns the API token or the session of a request, without checking it. */
export async function readCredential(c: Context<AppEnv>): Promise<Credential | undefined> {
  const token = readApiToken(c);
  if (token !== undefined) return { kind: "api-token", hash: await sha256Hex(token) };
  const hash = await hashSessionToken(c);
  return hash === undefined ? undefined : { kind: "session", hash };
}
