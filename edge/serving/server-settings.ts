import * as v from "valibot";
import { parseEnv, wholeNumber } from "../../shared/env.ts";
import { isPrivateHost, tcpDatabaseUrl, usesTls } from "../../shared/network/database-url.ts";
import { productionRules } from "../../shared/network/production.ts";
import { ssoRules } from "../sso-settings.ts";
import { commonSettings } from "../settings.ts";
import { trustedProxies } from "./trusted-proxies.ts";

const port = wholeNumber(0, 65_535);
const ipAddress = v.pipe(v.string(), v.ip("must be an IP address"));

/** All settings of the edge where it does not run on Cloudflare Workers, with defaults. */
export const edgeServerSettings = v.object({
  DATABASE_URL: tcpDatabaseUrl,
  /** A PEM file of the authorities to trust for Postgres, in place of the runtime's. */
  DATABASE_CA_FILE: v.optional(v.string()),
  ...commonSettings,
  EDGE_HOST: v.optional(ipAddress, "127.0.0.1"),
  /** With 0, any free port is used and logged. */
  EDGE_PORT: v.optional(port, "8787"),
  /**
   * PEM files. With both, the edge speaks TLS; without them, plain HTTP. They are read again when
   * they change.
   */
  TLS_CERTIFICATE_FILE: v.optional(v.string()),
  TLS_KEY_FILE: v.optional(v.string()),
  /** The networks of the reverse proxies whose X-Forwarded-For and X-Forwarded-Proto are believed. */
  TRUSTED_PROXIES: v.optional(trustedProxies, ""),
  /** How many requests a partner may send to this process in 10 seconds; 0 for no limit. */
  RATE_LIMIT: v.optional(wholeNumber(0, 1_000_000), "1000"),
  /**
   * The address of /metrics, /livez and /readyz. These paths need no key, so the address must not
   * be reachable from the internet.
   */
  METRICS_HOST: v.optional(ipAddress, "127.0.0.1"),
  /** The port of /metrics, /livez and /readyz. With 0, any free port is used and logged. */
  EDGE_METRICS_PORT: v.optional(port, "9465"),
});

export type EdgeServerSettings = v.InferOutput<typeof edgeServerSettings>;

/**
 * Reads the settings of an edge that runs as a process.
 * @throws {EnvError} that lists all faults, without values.
 */
export const readEdgeServerSettings = (
  env: Readonly<Record<string, unknown>>,
): EdgeServerSettings =>
  parseEnv(
    v.pipe(
      edgeServerSettings,
      productionRules(judgeDatabase),
      ssoRules(),
      v.forward(
        v.check(
          ({ TLS_CERTIFICATE_FILE, TLS_KEY_FILE }) =>
            (TLS_CERTIFICATE_FILE === undefined) === (TLS_KEY_FILE === undefined),
          "must be set together with TLS_CERTIFICATE_FILE, or not at all",
        ),
        ["TLS_KEY_FILE"],
      ),
    ),
    env,
  );

/** In production, a Postgres outside of the private network must be reached with TLS. */
const judgeDatabase = ({ DATABASE_URL: url, DATABASE_CA_FILE: caFile }: EdgeServerSettings) => ({
  DATABASE_URL: !usesTls(url, caFile) && !isPrivateHost(url) && "must have sslmode=verify-full",
});
