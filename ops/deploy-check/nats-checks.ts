import { inCheckout } from "../../dev/checkout.ts";
import { natsBinary } from "../../dev/servers/nats-binary.ts";
import { runCommand } from "../../dev/processes/run-command.ts";
import { temporaryFolder } from "../../dev/processes/temporary-folder.ts";
import { type Finding, tryFinding } from "./finding.ts";

/**
 * Placeholders for the variables in the configuration files. They need not be real values, because
 * nats-server only checks the files.
 */
const ENVIRONMENT = {
  NATS_HOST: '"127.0.0.1"',
  NATS_MONITOR: '"127.0.0.1:8222"',
  JETSTREAM_KEY: "key",
  NATS_ROUTES: '["nats-route://localhost:6222"]',
  FLEET_PASSWORD: "fleet",
  OPERATOR_PASSWORD: "operator",
  MONITOR_PASSWORD: "monitor",
  SYSTEM_PASSWORD: "system",
};

const ADVICE = "correct the line that nats-server names";

/** Lets nats-server check its configuration files for development and for production. */
export async function checkNats(
  production = inCheckout("ops", "nats", "nats.prod.conf"),
): Promise<Finding[]> {
  return [
    await tryFinding("nats.conf", ADVICE, () => test(inCheckout("nats.conf"))),
    await tryFinding("ops/nats/nats.prod.conf", ADVICE, async () => {
      await using folder = await temporaryFolder();
      const script = inCheckout("ops", "nats", "certificates.sh");
      const args = [script, "certificates", "localhost"];
      await runCommand("sh", { args, cwd: folder.path });
      return await test(production, folder.path);
    }),
  ];
}

async function test(config: string, cwd = inCheckout()): Promise<undefined> {
  await runCommand(await natsBinary(), { args: ["-t", "-c", config], env: ENVIRONMENT, cwd });
}
