import * as v from "valibot";
import { type ConnectLinks, connectLinks } from "../shared/secrets/connect-link.ts";
import { databaseProxy } from "../shared/network/database-proxy.ts";
import { address, flag, parseEnv, wholeNumber } from "../shared/env.ts";
import { createGuards, type Guards } from "./limits/guards.ts";
import { isProduction, productionRules } from "../shared/network/production.ts";
import {
  mailboxPublicKeys,
  mailboxSealer,
  type Opener,
  partnerKeys,
  partnerVault,
  type Sealer,
} from "../shared/secrets/vault.ts";
import {
  DEFAULT_WEBHOOK_PORTS,
  webhookPorts,
  type WebhookUrlRules,
} from "../shared/network/webhook-url.ts";

/**
 * The period of the rate limit in wrangler.toml, in seconds. It is sent as Retry-After, since the
 * binding does not return when to try again.
 */
export const RATE_LIMIT_PERIOD_S = 10;

/**
 * The rate-limit binding of Workers:
 * developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit
 */
export interface RateLimiter {
  limit(of: { key: string }): Promise<{ success: boolean }>;
}

const isRateLimiter = (binding: unknown): binding is RateLimiter =>
  typeof binding === "object" &&
  binding !== null &&
  "limit" in binding &&
  typeof binding.limit === "function";

/** The binding of static files: developers.cloudflare.com/workers/static-assets/binding */
export interface StaticFiles {
  fetch(url: string): Promise<Response>;
}

const isStaticFiles = (binding: unknown): binding is StaticFiles =>
  typeof binding === "object" &&
  binding !== null &&
  "fetch" in binding &&
  typeof binding.fetch === "function";

/** Every setting of the edge, with its default. */
export const edgeSettings = v.object({
  DATABASE_URL: address("postgres:", "postgresql:"),
  /** The WebSocket proxy to a Postgres that is not on Neon. */
  DATABASE_PROXY: v.optional(databaseProxy),
  MAILBOX_PUBLIC_KEYS: mailboxPublicKeys,
  PARTNER_KEYS: partnerKeys,
  /** The URL at which partners reach the edge: the base of links in answers. */
  PUBLIC_URL: v.pipe(
    address("https:", "http:"),
    v.transform((url) => url.replace(/\/+$/, "")),
  ),
  /**
   * Connections to Postgres per isolate. A location may run several isolates, so Postgres or its
   * pooler must allow a few times this number. createGuards() divides them.
   */
  EDGE_DATABASE_CONNECTIONS: v.optional(wholeNumber(4, 1_000), "32"),
  /**
   * The same three settings as the fleet's: the edge refuses a webhook that the fleet would not
   * call.
   */
  WEBHOOK_PORTS: v.optional(webhookPorts, DEFAULT_WEBHOOK_PORTS),
  ALLOW_HTTP_WEBHOOKS: v.optional(flag, "false"),
  ALLOW_PRIVATE_HOSTS: v.optional(flag, "false"),
  RATE_LIMIT: v.optional(v.custom<RateLimiter>(isRateLimiter, "must be a rate-limit binding")),
  ASSETS: v.optional(v.custom<StaticFiles>(isStaticFiles, "must be a binding of static files")),
});

export interface Settings {
  databaseUrl: string;
  databaseProxy: string | undefined;
  publicUrl: string;
  /**
   * Whether only this machine can reach the edge. If so, the default password of the first admin is
   * allowed.
   */
  isDevelopment: boolean;
  /** Seals secrets that only the fleet can open. */
  mailboxSealer: Sealer;
  partnerVault: Sealer & Opener;
  /** The limits for anonymous requests, and the places for connections. */
  guards: Guards;
  /** Which addresses webhooks may use. */
  webhookUrls: WebhookUrlRules;
  /** Counts the requests of each partner; undefined when there is no limit. */
  rateLimiter: RateLimiter | undefined;
  /**
   * Serves the admin pages and the API reference; undefined when the edge was started without them.
   */
  staticFiles: StaticFiles | undefined;
  /** Signs and reads the links with which people connect and disconnect their accounts. */
  links: ConnectLinks;
}

/**
 * Reads the settings of the Worker.
 * @throws {EnvError} with all faults, without values.
 */
export function readSettings(env: Readonly<Record<string, unknown>>): Settings {
  const parsed = parseEnv(v.pipe(edgeSettings, productionRules()), env);
  return {
    databaseUrl: parsed.DATABASE_URL,
    databaseProxy: parsed.DATABASE_PROXY,
    publicUrl: parsed.PUBLIC_URL,
    isDevelopment: !isProduction(parsed.PUBLIC_URL),
    mailboxSealer: mailboxSealer(parsed.MAILBOX_PUBLIC_KEYS),
    partnerVault: partnerVault(parsed.PARTNER_KEYS),
    guards: createGuards(parsed.EDGE_DATABASE_CONNECTIONS),
    webhookUrls: {
      ports: parsed.WEBHOOK_PORTS,
      allowsHttp: parsed.ALLOW_HTTP_WEBHOOKS,
      allowsPrivateHosts: parsed.ALLOW_PRIVATE_HOSTS,
    },
    rateLimiter: parsed.RATE_LIMIT,
    staticFiles: parsed.ASSETS,
    links: connectLinks(parsed.PARTNER_KEYS, parsed.PUBLIC_URL),
  };
}
