import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import * as v from "valibot";
import { HOST, readPort } from "../../dev/stack/ports.ts";
import { type Grants, newGrants } from "./grants.ts";
import { oauthParameters, type Pair, parsePairs } from "./signed-request.ts";
import {
  newTokenEndpoints,
  type Oauth1Answer,
  refusal,
  type TokenEndpoints,
} from "./token-endpoints.ts";

export interface Oauth1Choice {
  email: string;
  refuse?: boolean;
}

/** An OAuth 1.0a provider (RFC 5849), such as Google was until 2015. */
export interface Oauth1Server extends AsyncDisposable {
  endpoints: { requestToken: string; authorize: string; accessToken: string };
  consumer: Pair;
  /** Returns the values for a row in imap_providers, so that the provider uses this server. */
  providerColumns(): Record<string, string>;
  /**
   * Opens an authorization URL like a browser. Returns the client's URL to which the browser is
   * redirected.
   */
  authorize(url: string, choice: Oauth1Choice): Promise<string>;
  /** Issues an access token without a consent page. */
  grantToken(email: string): { token: string; secret: string };
  /** Withdraws all access tokens of the account. */
  withdraw(email: string): void;
  /**
   * Checks a login with the SASL mechanism XOAUTH. Returns whether `GET <url> <pairs>` is signed
   * with a token of this login.
   */
  checkXoauth(login: string, request: string): Promise<boolean>;
}

export async function startOauth1Server({
  accounts,
}: {
  accounts: readonly string[];
}): Promise<Oauth1Server> {
  const consumer = { key: "test-consumer", secret: "test-consumer-secret" };
  const grants = newGrants();
  const tokenEndpoints = newTokenEndpoints(consumer, grants);
  const server = createServer((request, response) => {
    answerTo({ accounts, grants, tokenEndpoints }, request).then(
      ({ status, location, body }) =>
        response.writeHead(status, location ? { location } : {}).end(body),
      () => response.destroy(),
    );
  });
  server.listen(0, HOST);
  await once(server, "listening");
  const url = `http://${HOST}:${readPort(server)}`;
  const endpoints = {
    requestToken: `${url}/request_token`,
    authorize: `${url}/authorize`,
    accessToken: `${url}/access_token`,
  };

  return {
    endpoints,
    consumer,
    providerColumns: () => ({
      kind: "oauth1",
      oauth_request_token_url: endpoints.requestToken,
      oauth_authorize_url: endpoints.authorize,
      oauth_token_url: endpoints.accessToken,
      oauth_scopes: "https://mail.demo.test/",
      sasl_mechanism: "XOAUTH",
    }),
    async authorize(authorizeUrl, { email, refuse = false }) {
      const decision = refuse ? "refuse" : "allow";
      const body = new URLSearchParams({ decision, account: email });
      const response = await fetch(authorizeUrl, { method: "POST", body, redirect: "manual" });
      const location = response.headers.get("location");
      if (location === null) throw new Error(`Cannot authorize: the answer was ${response.status}`);
      return location;
    },
    grantToken(email) {
      const { key, secret } = grants.issue(email);
      return { token: key, secret };
    },
    withdraw: grants.withdraw,
    async checkXoauth(login, request) {
      const [, method = "", signedUrl = "", pairs = ""] = /^(\w+) (\S+) (.+)$/.exec(request) ?? [];
      const parsed = v.safeParse(oauthParameters, parsePairs(pairs));
      if (!parsed.success) return false;
      const oauth = parsed.output;
      const secret = grants.findSecret(login, oauth.oauth_token ?? "");
      if (secret === undefined) return false;
      return tokenEndpoints.isGenuine({ method, url: signedUrl, oauth, form: {} }, secret);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Parts {
  accounts: readonly string[];
  grants: Grants;
  tokenEndpoints: TokenEndpoints;
}

async function answerTo(parts: Parts, request: IncomingMessage): Promise<Oauth1Answer> {
  const { method = "GET", headers } = request;
  const url = new URL(request.url ?? "/", `http://${headers.host}`);
  const form = new URLSearchParams(await text(request));
  if (url.pathname === "/authorize") {
    return decide(parts, url.searchParams.get("oauth_token") ?? "", form);
  }
  const oauth = v.safeParse(oauthParameters, parsePairs(headers.authorization ?? ""));
  if (!oauth.success) return refusal(400);
  const others = Object.fromEntries(form);
  const signed = { method, url: url.href, oauth: oauth.output, form: others };
  switch (url.pathname) {
    case "/request_token":
      return parts.tokenEndpoints.giveRequestToken(signed);
    case "/access_token":
      return parts.tokenEndpoints.giveAccessToken(signed);
    default:
      return refusal(404);
  }
}

/** Handles the form of the consent page. */
function decide({ accounts, grants }: Parts, key: string, form: URLSearchParams): Oauth1Answer {
  const asked = grants.findRequest(key);
  if (!asked) return refusal(404);
  if (form.get("decision") === "refuse") return { status: 303, location: grants.refuse(asked) };
  const email = form.get("account") ?? "";
  if (!accounts.includes(email)) return refusal(422);
  return { status: 303, location: grants.allow(asked, email) };
}
