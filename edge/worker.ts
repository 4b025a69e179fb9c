import type { ExecutionContext } from "hono";
import { EnvError } from "../shared/env.ts";
import { createLog } from "../shared/log.ts";
import { createApp } from "./app.ts";
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
    return app.fetch(request, settings, context);
  },
};

function settingsOrFault(env: Record<string, unknown>): Settings | EnvError {
  try {
    return readSettings(env);
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    log.error("settings.refused", { error: error.message, faults: error.faults.join("; ") });
    return error;
  }
}
