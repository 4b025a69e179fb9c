import * as v from "valibot";
import { ensurePages } from "../../dev/servers/pages.ts";
import { inCheckout } from "../../dev/checkout.ts";
import { runCommand } from "../../dev/processes/run-command.ts";
import { temporaryFolder } from "../../dev/processes/temporary-folder.ts";
import { type Finding, tryFinding } from "./finding.ts";
import { readToml } from "./read-toml.ts";

/** Lets wrangler build the Worker as for a deployment, without uploading it. */
export const checkWorker = (config = inCheckout("wrangler.toml")): Promise<Finding> =>
  tryFinding("wrangler.toml and the Worker's bundle", "correct what wrangler names", async () => {
    await ensurePages();
    await using folder = await temporaryFolder();
    const wrangler = inCheckout("node_modules", "wrangler", "wrangler-dist", "cli.js");
    const printed = await runCommand(process.execPath, {
      args: [wrangler, "deploy", "--dry-run", "--config", config, "--outdir", folder.path],
      env: { WRANGLER_SEND_METRICS: "false", WRANGLER_WRITE_LOGS: "false", CI: "1" },
      cwd: inCheckout(),
    });
    return /Total Upload: (.*)/.exec(printed)?.[1];
  });

/**
 * The settings of wrangler.toml that keep the URLs of requests out of all logs. By default,
 * Cloudflare logs each URL, which may contain API keys, link tokens or OAuth codes. `env` must be
 * absent, because this check does not read the settings of wrangler's environments.
 */
const logging = v.looseObject({
  observability: v.looseObject({ logs: v.looseObject({ invocation_logs: v.literal(false) }) }),
  logpush: v.optional(v.literal(false)),
  tail_consumers: v.optional(v.pipe(v.array(v.unknown()), v.maxLength(0))),
  env: v.optional(v.never("must be absent: its settings are not checked")),
});

/** Checks that wrangler.toml turns off all logs that would contain the URLs of requests. */
export const checkWorkerLogs = (config = inCheckout("wrangler.toml")): Promise<Finding> =>
  tryFinding("the Worker's logs", "addresses of requests hold secrets", async () => {
    const parsed = v.safeParse(logging, await readToml(config));
    if (parsed.success) return "no address of a request";
    const faults = parsed.issues.map((issue) => `${v.getDotPath(issue) ?? ""}: ${issue.message}`);
    throw new Error(faults.join("; "));
  });
