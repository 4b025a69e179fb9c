import { Agent, type AgentOptions } from "node:http";
import { Agent as TlsAgent } from "node:https";
import type { SecureContext } from "node:tls";
import type { Duplex } from "node:stream";
import { webhookUrlFault, type WebhookUrlRules } from "../../shared/network/webhook-url.ts";
import { checkedLookup } from "./checked-lookup.ts";
import { type Answer, exchange, LostOnReuse, type PostRequest } from "./exchange.ts";
import { ExchangeRefused } from "./exchange-refused.ts";
import { findPublicAddresses } from "./public-addresses.ts";
import { type Resolve, resolveHost, resolveTogether } from "./resolve.ts";

/**
 * Posts to an address that a partner entered. Follows no redirect, and decodes no compressed
 * answer. Without an answer, rejects with `ExchangeRefused` or the runtime's error.
 */
export type Post = (url: string, request: PostRequest, signal: AbortSignal) => Promise<Answer>;

export interface EndpointClientDeps {
  resolve?: Resolve;
  /** Trusted certificate authorities. They replace the system's. */
  secureContext?: SecureContext;
}

export interface EndpointClientSettings extends WebhookUrlRules {
  /** How many idle connections are kept for later requests. */
  maxIdleSockets: number;
}

/**
 * How long an idle connection is kept. Many servers close an idle connection after 5 s, perhaps
 * just when we write to it. So we close it earlier.
 */
const IDLE_MS = 4_000;
/**
 * How many idle connections to one host are kept. Several partners may have the same host: this is
 * enough for eight of them with the default of LANE_CONCURRENCY, the limit of concurrent webhooks
 * to one partner.
 */
const MAX_IDLE_SOCKETS_PER_HOST = 64;

/**
 * Creates a client that checks the URL at each request. It checks the host's address at each new
 * connection. A connection is used only for its own host.
 */
export function createEndpointClient(
  deps: EndpointClientDeps,
  settings: EndpointClientSettings,
): Disposable & { post: Post } {
  const resolve = resolveTogether(deps.resolve ?? resolveHost);
  const publicAddresses: Resolve = (host) => findPublicAddresses(resolve, host);
  const options = {
    timeout: IDLE_MS,
    maxFreeSockets: MAX_IDLE_SOCKETS_PER_HOST,
    lookup: checkedLookup(settings.allowsPrivateHosts ? resolve : publicAddresses),
    ...(deps.secureContext && { secureContext: deps.secureContext }),
  };
  const kept = createAgents({ ...options, keepAlive: true });
  const fresh = createAgents({ ...options, keepAlive: false });
  boundIdleSockets([kept.http, kept.https], settings.maxIdleSockets);

  return {
    async post(text, request, signal) {
      const allowsHttp = settings.allowsHttp || request.allowsHttp === true;
      const fault = webhookUrlFault(text, { ...settings, allowsHttp });
      if (fault !== null) throw new ExchangeRefused(`the webhook's address ${fault}`);
      const url = new URL(text);
      const scheme = url.protocol === "https:" ? "https" : "http";
      try {
        return await exchange(kept[scheme], url, request, signal);
      } catch (error) {
        if (!(error instanceof LostOnReuse)) throw error;
        return await exchange(fresh[scheme], url, request, signal);
      }
    },
    [Symbol.dispose]() {
      for (const agent of [kept.http, kept.https, fresh.http, fresh.https]) agent.destroy();
    },
  };
}

const createAgents = (options: AgentOptions) => ({
  http: new Agent(options),
  https: new TlsAgent(options),
});

/** Limits the idle connections of these agents to `max` in total. */
function boundIdleSockets(agents: readonly Agent[], max: number): void {
  const idle = () =>
    agents
      .flatMap(({ freeSockets }) => Object.values(freeSockets))
      .reduce((sum, sockets) => sum + (sockets?.length ?? 0), 0);
  for (const agent of agents) {
    // keepSocketAlive() returns whether the socket is kept, although its type does not say so.
    const keep: (socket: Duplex) => unknown = agent.keepSocketAlive.bind(agent);
    agent.keepSocketAlive = (socket) => idle() < max && keep(socket);
  }
}
