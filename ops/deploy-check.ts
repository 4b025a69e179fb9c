import { readFile } from "node:fs/promises";
import { parseArgs, parseEnv } from "node:util";
import { describeError } from "../dev/terminal/describe-error.ts";
import { checkDatabase } from "./deploy-check/database-checks.ts";
import { describeFinding, type Finding } from "./deploy-check/finding.ts";
import { checkFly } from "./deploy-check/fly-checks.ts";
import { checkImages } from "./deploy-check/image-checks.ts";
import { checkNats } from "./deploy-check/nats-checks.ts";
import { checkSettings, type Environment } from "./deploy-check/settings-checks.ts";
import { checkWorker, checkWorkerLogs } from "./deploy-check/worker-check.ts";

type Check = (given: Environment | undefined) => Promise<Finding | Finding[]>;

/** Returns a check that is skipped when no settings file is given. */
const ofFile =
  (what: string, check: (given: Environment) => Promise<Finding[]>): Check =>
  async (given) =>
    given
      ? check(given)
      : { what, state: "skipped", reason: "give the settings file with --settings" };

const CHECKS: Readonly<Record<string, Check>> = {
  worker: async () => [await checkWorker(), await checkWorkerLogs()],
  nats: () => checkNats(),
  fly: () => checkFly(),
  images: () => checkImages(),
  settings: ofFile("settings", checkSettings),
  database: ofFile("database", checkDatabase),
};

try {
  const { values } = parseArgs({
    options: { settings: { type: "string" }, only: { type: "string" } },
  });
  const given = await readSettingsFile(values.settings);
  let bad = 0;
  for (const check of chooseChecks(values.only)) {
    for (const finding of [await check(given)].flat()) {
      console.log(describeFinding(finding));
      if (finding.state === "bad") bad += 1;
    }
  }
  console.log(bad === 0 ? "Ready to deploy" : `Fix these first: ${bad}`);
  process.exitCode = bad === 0 ? 0 : 1;
} catch (error) {
  console.error(describeError(error));
  process.exitCode = 2;
}

/**
 * Returns the checks to run.
 * @param only Names separated by commas. Undefined means all checks.
 */
function chooseChecks(only = Object.keys(CHECKS).join(",")): Check[] {
  return only.split(",").map((name) => {
    const check = CHECKS[name];
    if (check) return check;
    throw new Error(`Cannot check ${name}: wanted ${Object.keys(CHECKS).join(", ")}`);
  });
}

async function readSettingsFile(path: string | undefined): Promise<Environment | undefined> {
  if (path === undefined) return undefined;
  const settings = parseEnv(await readFile(path, "utf8"));
  return Object.fromEntries(
    Object.entries(settings).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}
