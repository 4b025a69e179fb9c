import * as v from "valibot";
import { type ConnectLinks, connectLinks } from "../shared/secrets/connect-link.ts";
import { databaseProxy } from "../shared/network/database-proxy.ts";
import { databaseUrl } from "../shared/network/database-url.ts";
import { address, flag, parseEnv, wholeNumber } from "../shared/env.ts";
import { ssoEntries, ssoRules, type SsoSettings, toSsoSettings } from "./sso-settings.ts";
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
 * The period of the rate limit in wrangler.toml, in seconds. A refused caller gets this number as
 * Retry-After, because the rate limiter does not return how long to wait.
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

/** The settings that the edge has on every platform, with defaults. */
export const commonSettings = {
  MAILBOX_PUBLIC_KEYS: mailboxPublicKeys,
  PARTNER_KEYS: partnerKeys,
  /** The URL at which partners reach the edge. Links in answers begin with it. */
  PUBLIC_URL: v.pipe(
    address("https:", "http:"),
    v.transform((url) => url.replace(/\/+$/, "")),
  ),
  /**
   * The number of connections to Postgres per isolate (one running copy of the Worker), or per
   * process. Cloudflare may run several isolates in one location, so Postgres or its pooler must
   * allow a few times this number. createGuards() divides the connections among the kinds of
   * callers.
   */
  EDGE_DATABASE_CONNECTIONS: v.optional(wholeNumber(4, 1_000), "32"),
  /**
   * This setting and the next two must have the same values as the fleet's. With them, the edge
   * refuses a webhook URL that the fleet would not call.
   */
  WEBHOOK_PORTS: v.optional(webhookPorts, DEFAULT_WEBHOOK_PORTS),
  ALLOW_HTTP_WEBHOOKS: v.optional(flag, "false"),
  ALLOW_PRIVATE_HOSTS: v.optional(flag, "false"),
  ...ssoEntries,
};

/** The schema of all settings of the Worker, with defaults. */
export const edgeSettings = v.object({
  DATABASE_URL: databaseUrl,
  /** The proxy (WebSocket and SQL over HTTP) in front of a Postgres that is not hosted at Neon. */
  DATABASE_PROXY: v.optional(databaseProxy),
  ...commonSettings,
  RATE_LIMIT: v.optional(v.custom<RateLimiter>(isRateLimiter, "must be a rate-limit binding")),
  ASSETS: v.optional(v.custom<StaticFiles>(isStaticFiles, "must be a binding of static files")),
});

/** The settings of the app, whatever platform serves it. */
export interface AppSettings {
  publicUrl: string;
  /**
   * Whether `publicUrl` is an address of this machine. If so, the first admin may keep the default
   * password.
   */
  isDevelopment: boolean;
  /** Seals secrets that only the fleet can open. */
  mailboxSealer: Sealer;
  partnerVault: Sealer & Opener;
  /** The limits for anonymous requests, and the places for database connections. */
  guards: Guards;
  /** Which URLs webhooks may have. */
  webhookUrls: WebhookUrlRules;
  /** Counts the requests of each partner; undefined when there is no limit. */
  rateLimiter: RateLimiter | undefined;
  /**
   * Serves the admin pages and the API reference; undefined when the edge was started without them.
   */
  staticFiles: StaticFiles | undefined;
  /** How admins sign in with an identity provider; undefined when that is not set up. */
  sso: SsoSettings | undefined;
  /** Signs and reads the links with which people connect and disconnect their accounts. */
  links: ConnectLinks;
}

/** The settings of the Worker. */
export interface Settings extends AppSettings {
  databaseUrl: string;
  databaseProxy: string | undefined;
}

/**
 * Reads the settings of the Worker.
 * @throws {EnvError} that lists all faults, without values.
 */
export function readSettings(env: Readonly<Record<string, unknown>>): Settings {
  const parsed = parseEnv(v.pipe(edgeSettings, productionRules(), ssoRules()), env);
  const { RATE_LIMIT: rateLimiter, ASSETS: staticFiles } = parsed;
  return {
    databaseUrl: parsed.DATABASE_URL,
    databaseProxy: parsed.DATABASE_PROXY,
    ...toAppSettings(parsed, { rateLimiter, staticFiles }),
  };
}

/** Converts parsed settings, and what the platform provides, into the settings of the app. */
export const toAppSettings = (
  parsed: v.InferOutput<v.ObjectSchema<typeof commonSettings, undefined>>,
  provided: Pick<AppSettings, "rateLimiter" | "staticFiles">,
): AppSettings => ({
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
  ...provided,
  sso: toSsoSettings(parsed),
  links: connectLinks(parsed.PARTNER_KEYS, parsed.PUBLIC_URL),
});
