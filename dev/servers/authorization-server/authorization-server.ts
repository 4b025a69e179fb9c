import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Provider } from "oidc-provider";
import { HOST, readPort } from "../../stack/ports.ts";
import { type Behaviour, newBehaviour } from "./behaviour.ts";
import { toConfiguration } from "./configuration.ts";
import { answerConsent } from "./consent.ts";
import { type Endpoints, toEndpoints } from "./endpoints.ts";
import type { AuthorizationServerSettings, OauthAccount } from "./settings.ts";
import { openTokenStore, type TokenStore } from "./token-store.ts";

export interface AuthorizationServer extends AsyncDisposable {
  endpoints: Endpoints;
  /** More accounts may be added while the server runs. */
  accounts: OauthAccount[];
  store: TokenStore;
  provider: Provider;
}

/** Koa middleware that runs for each request, before `oidc-provider` handles the request. */
export type Middleware = Parameters<Provider["use"]>[0];

export interface AuthorizationServerParts {
  /** Read at each request, so it may be changed while the server runs. */
  behaviour?: Behaviour;
  middleware?: Middleware;
}

/**
 * Starts an OAuth 2 and OpenID Connect provider. It has one page, on which people choose their
 * account.
 */
export async function startAuthorizationServer(
  settings: AuthorizationServerSettings,
  { behaviour = newBehaviour(), middleware }: AuthorizationServerParts = {},
): Promise<AuthorizationServer> {
  const accounts = [...settings.accounts];
  const findAccount = (email: string) => accounts.find((account) => account.email === email);
  const store = await openTokenStore({
    file: settings.store_file,
    keepsExchanged: () => behaviour.rotation === "lenient",
  });

  const server = createServer();
  server.listen(settings.port, HOST);
  await once(server, "listening");
  // The issuer contains the port, which is known only after the server listens.
  const endpoints = toEndpoints(`http://${HOST}:${readPort(server)}`);
  const configuration = toConfiguration({ settings, behaviour, store, findAccount });
  const provider = new Provider(endpoints.issuer, configuration);
  provider.use(forgetWhoCame);
  if (middleware) provider.use(middleware);
  const answerOthers = provider.callback();
  const names = () => accounts.map(({ email }) => email);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? "/", endpoints.issuer);
    if (pathname.startsWith("/consent/")) {
      return await answerConsent({ provider, accounts: names }, request, response);
    }
    if (pathname === "/account") return await answerAccount(request, response);
    return await answerOthers(request, response);
  }

  /**
   * Answers with the account that the access token belongs to. Providers without OpenID Connect
   * have such an endpoint instead of userinfo.
   */
  async function answerAccount(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, value = ""] = /^Bearer (.+)$/i.exec(request.headers.authorization ?? "") ?? [];
    const token = await provider.AccessToken.find(value);
    const account = token?.isValid && token.scopes.has("email") && findAccount(token.accountId);
    if (!account) return void response.writeHead(401, { "www-authenticate": "Bearer" }).end();
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(account));
  }

  server.on("request", (request, response) => {
    // `answer()` rejects when the authorization has expired, or when the client has closed the
    // connection.
    answer(request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else response.writeHead(400).end("Cannot go on: start again from the application");
    });
  });

  return {
    endpoints,
    accounts,
    store,
    provider,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Ignores earlier sign-ins, so that the page asks for the account each time. */
const forgetWhoCame: Middleware = async (context, next) => {
  if (context.path === "/auth") delete context.req.headers.cookie;
  await next();
};
