import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as v from "valibot";
import { mailboxPrivateKeys, mailboxPublicKeys } from "../../shared/secrets/vault.ts";
import { inCheckout } from "../../dev/checkout.ts";
import { type Finding, tryFinding } from "./finding.ts";

export type Environment = Readonly<Record<string, string>>;

const execute = promisify(execFile);

/** The script that parses the settings and prints their faults as JSON, without values. */
const READ_SETTINGS = `
  const { readSettings } = await import(process.argv[1]);
  try {
    readSettings(process.env);
    console.log("[]");
  } catch (error) {
    console.log(JSON.stringify(error.faults ?? [error.message]));
  }`;

/** Checks the settings and secrets of edge and fleet. Uses the same code as these processes. */
export async function checkSettings(given: Environment): Promise<Finding[]> {
  return [
    await checkProcess("edge", given),
    await checkProcess("fleet", given),
    await tryFinding(
      "the halves of the mailbox ring",
      "give the edge the public half of the fleet's keys",
      async () => compareRings(given),
    ),
  ];
}

const checkProcess = (name: "edge" | "fleet", given: Environment): Promise<Finding> =>
  tryFinding(`settings of the ${name}`, "correct them in the settings file", async () => {
    const faults = await findSettingsFaults(inCheckout(name, "settings.ts"), given);
    if (faults.length > 0) throw new Error(faults.join("; "));
    return undefined;
  });

/**
 * Parses the settings in a separate process, whose environment contains only the given variables.
 */
async function findSettingsFaults(module: string, given: Environment): Promise<string[]> {
  const args = ["--input-type=module", "--eval", READ_SETTINGS, module];
  const { stdout } = await execute(process.execPath, args, { env: given });
  return v.parse(v.array(v.string()), JSON.parse(stdout));
}

/**
 * Checks that the fleet has the private key for each public key of the edge. Returns the ids of
 * these key pairs.
 */
function compareRings(given: Environment): string {
  const ofEdge = v.safeParse(mailboxPublicKeys, given["MAILBOX_PUBLIC_KEYS"]);
  const ofFleet = v.safeParse(mailboxPrivateKeys, given["MAILBOX_PRIVATE_KEYS"]);
  if (!ofEdge.success || !ofFleet.success)
    throw new Error("one of the two halves is missing or wrong");
  for (const { kid, x, y } of ofEdge.output.keys) {
    const key = ofFleet.output.keys.find((candidate) => candidate.kid === kid);
    if (key?.x !== x || key.y !== y) throw new Error(`the fleet cannot open what ${kid} seals`);
  }
  return ofEdge.output.keys.map(({ kid }) => kid).join(", ");
}
