import { parseArgs } from "node:util";
import * as v from "valibot";
import { countKeyUses } from "../../db/partners/sealed-rows.ts";
import { EnvError } from "../../shared/env.ts";
import { toErrorText } from "../../shared/errors.ts";
import { openNamedDatabase } from "../../dev/stack/named-database.ts";
import { writePrivateFile } from "../../dev/processes/private-file.ts";
import { describeSecrets, describeUses, findUses } from "./describe-uses.ts";
import { readRings, ringLines } from "./key-file.ts";
import {
  activateKey,
  activeKid,
  addKey,
  type KeyRings,
  listKids,
  retireKey,
  RINGS,
} from "./key-rings.ts";
import { reseal } from "./reseal.ts";

const USAGE = `npm run keys -- list                            shows what each key has sealed
npm run keys -- add <ring> --to <file>          adds a key, which opens and does not seal yet
npm run keys -- activate <ring> <kid> --to <file>
npm run keys -- reseal                          reseals everything with the active keys; may be run again
npm run keys -- retire <ring> <kid> --to <file>

<ring> is mailbox or partner. --from <file> reads the keys from a file, otherwise from the environment.
--to - prints the new settings.`;

/** At most this many faults are printed. Further faults most likely have the same causes. */
const FAULTS_TOLD = 100;
const LINKS_LAST =
  "Links in webhooks that the old key signed are valid for 24 hours: deploy it 24 hours after the new key was deployed";

const ring = v.picklist(RINGS, `The ring must be ${RINGS.join(" or ")}`);
const kid = v.string("The kid of a key is required, as `npm run keys -- list` shows it");
const given = v.variant(
  "action",
  [
    v.object({ action: v.literal("list") }),
    v.object({ action: v.literal("reseal") }),
    v.object({ action: v.literal("add"), ring }),
    v.object({ action: v.literal("activate"), ring, kid }),
    v.object({ action: v.literal("retire"), ring, kid }),
  ],
  USAGE,
);
type Given = v.InferOutput<typeof given>;
/** The actions that change the rings. */
type Change = Exclude<Given, { action: "list" | "reseal" }>;

export interface KeyCommandDeps {
  env: Readonly<Record<string, string | undefined>>;
  say: (line: string) => void;
  complain: (line: string) => void;
}

/**
 * Runs `npm run keys` with these arguments. After `signal` has stopped the command, the next run
 * continues it.
 *
 * @returns The exit code: 1 when the command failed, or secrets are still sealed with other keys.
 */
export async function runKeyCommand(
  deps: KeyCommandDeps,
  args: readonly string[],
  signal: AbortSignal,
): Promise<0 | 1> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { from: { type: "string" }, to: { type: "string" } },
      allowPositionals: true,
    });
    const [action, ringName, kidName, ...rest] = positionals;
    if (rest.length > 0) throw new Error(USAGE);
    const command = v.parse(given, { action, ring: ringName, kid: kidName });
    const rings = await readRings(values.from, deps.env);
    if (command.action === "reseal") return await resealAll(deps, rings, signal);
    if (command.action === "list") deps.say(describeUses(rings, await readUses(deps)));
    else await changeRings(deps, rings, { command, to: values.to });
    return 0;
  } catch (error) {
    deps.complain(toErrorText(error));
    if (error instanceof EnvError) deps.complain(error.faults.join("\n"));
    return 1;
  }
}

async function readUses({ env }: KeyCommandDeps) {
  await using database = await openNamedDatabase(env);
  return await countKeyUses(database.db);
}

async function resealAll(
  deps: KeyCommandDeps,
  rings: KeyRings,
  signal: AbortSignal,
): Promise<0 | 1> {
  const { say, complain } = deps;
  {
    await using database = await openNamedDatabase(deps.env);
    const onProgress = (column: string, secrets: number) => say(`${column}: ${secrets} resealed`);
    const { secrets, faults } = await reseal({ db: database.db, onProgress }, rings, signal);
    for (const fault of faults.slice(0, FAULTS_TOLD)) complain(fault);
    const how = signal.aborted ? "Stopped; run it again for the rest" : "Done";
    say(`${how}: ${secrets} resealed, ${faults.length} cannot be opened`);
  }
  const uses = await readUses(deps);
  say(describeUses(rings, uses));
  if (uses.every(({ column, kid: used }) => used === activeKid(rings, column.ring))) return 0;
  complain("Something is still sealed with other keys: run it again, no key may be retired yet");
  return 1;
}

async function changeRings(
  deps: KeyCommandDeps,
  rings: KeyRings,
  { command, to }: { command: Change; to: string | undefined },
): Promise<void> {
  if (to === undefined) {
    throw new Error(`Cannot ${command.action} a key: --to must name a file for the new settings`);
  }
  const changed = await changedRings(deps, rings, command);
  if (to === "-") return deps.say(ringLines(changed));
  await writePrivateFile(to, ringLines(changed));
  const now = listKids(changed, command.ring);
  deps.say(`The ${command.ring} ring is now ${now.join(", ")}; ${now[0]} seals`);
  deps.say(`${to} has the new settings, for edge and fleet; they count once both are deployed`);
  if (command.action === "retire" && command.ring === "partner") deps.say(LINKS_LAST);
}

async function changedRings(
  deps: KeyCommandDeps,
  rings: KeyRings,
  command: Change,
): Promise<KeyRings> {
  switch (command.action) {
    case "add":
      return addKey(rings, command.ring);
    case "activate":
      return activateKey(rings, command.ring, command.kid);
    case "retire": {
      const changed = retireKey(rings, command.ring, command.kid);
      const needed = findUses(await readUses(deps), command.ring, command.kid);
      if (needed.length === 0) return changed;
      throw new Error(
        `Cannot retire ${command.kid}: needed by ${describeSecrets(needed)}; run npm run keys -- reseal`,
      );
    }
  }
}
