import { ensureAdminPages } from "../admin-pages.ts";
import { inCheckout } from "../checkout.ts";
import { runCommand } from "../run-command.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { type Finding, findingOf } from "./finding.ts";

/** Has wrangler bundle the Worker as for a deployment, and upload nothing. */
export const checkWorker = (config = inCheckout("wrangler.toml")): Promise<Finding> =>
  findingOf("wrangler.toml and the Worker's bundle", "mend what wrangler names", async () => {
    await ensureAdminPages();
    await using folder = await temporaryFolder();
    const wrangler = inCheckout("node_modules", "wrangler", "wrangler-dist", "cli.js");
    const printed = await runCommand(process.execPath, {
      args: [wrangler, "deploy", "--dry-run", "--config", config, "--outdir", folder.path],
      env: { WRANGLER_SEND_METRICS: "false", WRANGLER_WRITE_LOGS: "false", CI: "1" },
      cwd: inCheckout(),
    });
    return /Total Upload: (.*)/.exec(printed)?.[1];
  });
