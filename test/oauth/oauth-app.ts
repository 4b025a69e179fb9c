import { createHash, randomBytes } from "node:crypto";
import * as v from "valibot";
import {
  type OauthClient,
  REDIRECT_PATH,
} from "../../dev/servers/authorization-server/settings.ts";
import type { TestAuthorizationServer } from "../harness/oauth/authorization-server.ts";
import type { ConsentChoice } from "../harness/oauth/consent-walk.ts";

const text = v.optional(v.string());
const tokenAnswer = v.looseObject({
  access_token: text,
  refresh_token: text,
  id_token: text,
  scope: text,
  error: text,
  expires_in: v.optional(v.number()),
});
export type AppTokenAnswer = v.InferOutput<typeof tokenAnswer> & { status: number };

/** An OAuth client without an OAuth library, so that tests see the server's raw answers. */
export interface OauthApp {
  authorize(choice: ConsentChoice): Promise<URL>;
  codeFor(choice: ConsentChoice): Promise<{ code: string; verifier: string }>;
  connect(
    choice: ConsentChoice,
    params?: Record<string, string>,
  ): Promise<{ tokens: AppTokenAnswer; nonce: string }>;
  exchange(code: string, verifier: string): Promise<AppTokenAnswer>;
  refresh(token: string | undefined, signal?: AbortSignal): Promise<AppTokenAnswer>;
  /** Revokes a token. Returns the status of the answer. */
  revoke(token: string): Promise<number>;
  introspect(token: string): Promise<unknown>;
  get(url: string, accessToken: string | undefined): Promise<{ status: number; body: unknown }>;
}

const REDIRECT_URI = `http://127.0.0.1:4711${REDIRECT_PATH}`;

export function newOauthApp(
  server: TestAuthorizationServer,
  client: OauthClient = server.client,
): OauthApp {
  const { endpoints } = server;
  const basic = ({ id, secret }: OauthClient) => `Basic ${btoa(`${id}:${secret}`)}`;
  const post = (url: string, form: Record<string, string>, by = client, signal?: AbortSignal) =>
    fetch(url, {
      method: "POST",
      headers: { authorization: basic(by) },
      body: new URLSearchParams(form),
      signal: signal ?? null,
    });

  async function requestTokens(form: Record<string, string>, signal?: AbortSignal) {
    const response = await post(endpoints.token, form, client, signal);
    return { ...v.parse(tokenAnswer, await response.json()), status: response.status };
  }

  async function walk(choice: ConsentChoice, params: Record<string, string> = {}) {
    const verifier = randomBytes(32).toString("base64url");
    const url = new URL(endpoints.authorize);
    url.search = new URLSearchParams({
      client_id: client.id,
      response_type: "code",
      redirect_uri: REDIRECT_URI,
      scope: server.scopes,
      state: "the-state",
      prompt: "consent",
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
      ...params,
    }).toString();
    const end = new URL(await server.authorize(url.href, choice));
    return { end, code: end.searchParams.get("code") ?? "", verifier };
  }

  const exchange = (code: string, verifier: string) =>
    requestTokens({
      grant_type: "authorization_code",
      code,
      redirect_uri: REDIRECT_URI,
      code_verifier: verifier,
    });

  return {
    authorize: async (choice) => (await walk(choice)).end,
    codeFor: walk,
    async connect(choice, params = {}) {
      const nonce = randomBytes(8).toString("hex");
      const { code, verifier } = await walk(choice, params["scope"] ? params : { nonce });
      return { tokens: await exchange(code, verifier), nonce };
    },
    exchange,
    refresh: (token = "", signal) =>
      requestTokens({ grant_type: "refresh_token", refresh_token: token }, signal),
    revoke: async (token) => (await post(endpoints.revoke, { token })).status,
    introspect: async (token) =>
      (await post(endpoints.introspect, { token }, server.introspectionClient)).json(),
    async get(url, accessToken) {
      const headers = { authorization: `Bearer ${accessToken}` };
      const response = await fetch(url, { headers });
      const body = await response.text();
      return { status: response.status, body: body === "" ? undefined : JSON.parse(body) };
    },
  };
}
