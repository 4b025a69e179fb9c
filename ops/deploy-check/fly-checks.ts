import * as v from "valibot";
import { inCheckout } from "../../dev/checkout.ts";
import { type Finding, tryFinding } from "./finding.ts";
import { readToml } from "./read-toml.ts";

/** How long the fleet may take to stop. After this time, fleet/main.ts exits in any case. */
const DRAIN_S = 75;
/**
 * How long nats-server takes to stop: lame_duck_grace_period plus lame_duck_duration of
 * nats.prod.conf.
 */
const LAME_DUCK_S = 32;

const check = v.looseObject({ type: v.literal("http"), port: v.number(), path: v.string() });
const oneAtATime = v.looseObject({
  strategy: v.literal("rolling"),
  max_unavailable: v.literal(1),
});

const fleet = v.looseObject({
  kill_signal: v.literal("SIGTERM"),
  kill_timeout: v.pipe(v.number(), v.minValue(DRAIN_S), v.maxValue(300)),
  deploy: v.looseObject({ ...oneAtATime.entries, release_command: v.string() }),
  processes: v.strictObject({
    imap: v.pipe(v.string(), v.includes("ROLE=imap ")),
    webhook: v.pipe(v.string(), v.includes("ROLE=webhook ")),
  }),
  checks: v.looseObject({ alive: check, ready: check }),
  env: v.looseObject({
    STREAM_REPLICAS: v.literal("3"),
    NATS_URL: v.pipe(v.string(), v.startsWith("tls://")),
  }),
});

const nats = v.looseObject({
  kill_signal: v.literal("SIGUSR2"),
  kill_timeout: v.pipe(v.number(), v.minValue(LAME_DUCK_S), v.maxValue(300)),
  deploy: oneAtATime,
  mounts: v.array(v.looseObject({ destination: v.literal("/data") })),
  checks: v.looseObject({ ready: check }),
});

/** Checks the Fly settings that the product depends on. Only Fly itself can check the rest. */
export async function checkFly(
  files = { fleet: inCheckout("fly.toml"), nats: inCheckout("ops", "nats", "fly.toml") },
): Promise<Finding[]> {
  return [
    await checkFile("fly.toml", files.fleet, fleet),
    await checkFile("ops/nats/fly.toml", files.nats, nats),
  ];
}

const checkFile = (what: string, path: string, schema: v.GenericSchema): Promise<Finding> =>
  tryFinding(what, "set the value that is required", async () => {
    const parsed = v.safeParse(schema, await readToml(path));
    if (parsed.success) return undefined;
    const faults = parsed.issues.map((issue) => `${v.getDotPath(issue) ?? ""}: ${issue.message}`);
    throw new Error(faults.join("; "));
  });
