import type { ExecutionContext } from "hono";
import { openNeonHttpDatabase } from "../db/drivers/neon-http-database.ts";
import { EnvError } from "../shared/env.ts";
import { createLog } from "../shared/log.ts";
import { createApp } from "./app.ts";
import { type Platform, QUERY_TIMEOUT_MS } from "./platform.ts";
import { problem } from "./problem.ts";
import { readSettings, type Settings } from "./settings.ts";

const app = createApp();
const log = createLog((line) => console.log(line));
/**
 * The settings for each `env` object. An isolate (one running copy of the Worker) gets the same
 * object for its whole lifetime, so it reads the settings only once.
 */
const knownSettings = new WeakMap<object, Settings | EnvError>();

export default {
  async fetch(request: Request, env: Record<string, unknown>, context: ExecutionContext) {
    const settings = knownSettings.get(env) ?? settingsOrFault(env);
    knownSettings.set(env, settings);
    if (settings instanceof EnvError) {
      // PUBLIC_URL may be the wrong setting, so the answer uses the origin of the request.
      const { origin } = new URL(request.url);
      const detail = "The service is not set up correctly";
      return problem("unavailable", { publicUrl: origin, detail });
    }
    return app.fetch(request, { ...settings, ...toPlatform(request, settings) }, context);
  },
};

const toPlatform = (request: Request, { databaseUrl: url, databaseProxy }: Settings): Platform => ({
  // Cloudflare sets the header, so the caller cannot forge it.
  clientAddress: request.headers.get("cf-connecting-ip") ?? "",
  openDatabase: (options) =>
    openNeonHttpDatabase({
      ...options,
      url,
      proxy: databaseProxy,
      maxConnections: 1,
      timeoutMs: QUERY_TIMEOUT_MS,
    }),
});

function settingsOrFault(env: Record<string, unknown>): Settings | EnvError {
  try {
    return readSettings(env);
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    log.error("settings.refused", { error: error.message, faults: error.faults.join("; ") });
    return error;
  }
}
