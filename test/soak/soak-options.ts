import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import * as v from "valibot";
import { toErrorText } from "../../shared/errors.ts";
import { MAX_SEED } from "./draw.ts";
import type { FuzzerName } from "./finding.ts";
import { type FrozenParty, PARTIES } from "./freeze/party.ts";
import type { FuzzLimits } from "./fuzz.ts";

export type SoakOptions =
  | { kind: "help" }
  | { kind: "usage"; faults: readonly string[] }
  | { kind: "fuzz"; only: FuzzerName | null; limits: FuzzLimits }
  | { kind: "repeat"; file: string }
  | { kind: "freeze"; parties: readonly FrozenParty[]; frozenMs: number }
  | { kind: "hostile"; users: number; hostile: number; seconds: number }
  | { kind: "memory"; users: number; minutes: number; seed: number };

export const SOAK_USAGE = `Usage: npm run soak -- fuzz [flags]
  Feeds mutated input to the reader of mails (mime) and to the sessions with IMAP servers (session), until Ctrl-C.
  --minutes N       how long to run, from 0.01 to 10080 (default: until Ctrl-C)
  --runs N          how many runs of each fuzzer, from 1 to 1000000000 (default: no limit)
  --seed S          seed of the first run; each later run adds 1 (default: random)
  --only mime       run one fuzzer: mime or session
  --repeat FILE     read only this mail, which a finding of mime has saved
  Findings are saved in .soak/, and the exit code is 1.

       npm run soak -- freeze [flags]
  Freezes one dependency of a loaded fleet after another, and checks that everything else continues.
  --seconds N       how long each is frozen, from 5 to 3600 (default: 120)
  --only mail       freeze one of them: ${PARTIES.join(", ")}
  The exit code is 1 when a limit of docs/reliability.md is exceeded.

       npm run soak -- hostile [flags]
  Watches honest users in one instance, first alone and then beside users whose mail server is hostile.
  --users N         honest users, from 1 to 20000 (default: 5000)
  --hostile N       hostile users, from 1 to 1000 (default: 60)
  --seconds N       how long each half is measured, from 5 to 3600 (default: 60)
  The exit code is 1 when a limit of docs/reliability.md is exceeded.

       npm run soak -- memory [flags]
  Ends each user's session every five minutes, half of them with STARTTLS, and samples the memory of the instance.
  --users N         users, from 1 to 20000 (default: 400)
  --minutes N       how long to run, from 0.01 to 10080 (default: 60)
  --seed S          seed of the mails, and of the order in which sessions end (default: random)
  The exit code is 1 when a limit of docs/reliability.md is exceeded.

  --help`;

const TASKS = ["fuzz", "freeze", "hostile", "memory"] as const;
type Task = (typeof TASKS)[number];

const WANTED: Record<string, string> = {
  seconds: "a whole number from 5 to 3600",
  minutes: "a number from 0.01 to 10080",
  runs: "a whole number from 1 to 1000000000",
  seed: `a whole number from 0 to ${MAX_SEED}`,
  repeat: "the name of a file, and no other flag",
  users: "a whole number from 1 to 20000",
  hostile: "a whole number from 1 to 1000",
};

const whole = (min: number, max: number) =>
  v.pipe(v.string(), v.regex(/^\d{1,10}$/), v.transform(Number), v.minValue(min), v.maxValue(max));
const minutes = v.pipe(
  v.string(),
  v.regex(/^\d{1,5}(\.\d{1,3})?$/),
  v.transform(Number),
  v.minValue(0.01),
  v.maxValue(10_080),
);

const WANTED_ONLY: Record<Task, string> = {
  fuzz: "mime or session",
  freeze: PARTIES.join(", "),
  hostile: "nothing: there is no such flag for hostile",
  memory: "nothing: there is no such flag for memory",
};

const freezeFlags = v.strictObject({
  seconds: v.optional(whole(5, 3_600), "120"),
  only: v.optional(v.picklist(PARTIES)),
});

const seed = v.optional(whole(0, MAX_SEED), () => String(randomInt(MAX_SEED)));

const fuzzFlags = v.strictObject({
  minutes: v.optional(minutes),
  runs: v.optional(whole(1, 1_000_000_000)),
  seed,
  only: v.optional(v.picklist(["mime", "session"])),
  repeat: v.optional(v.pipe(v.string(), v.minLength(1))),
});

const hostileFlags = v.strictObject({
  users: v.optional(whole(1, 20_000), "5000"),
  hostile: v.optional(whole(1, 1_000), "60"),
  seconds: v.optional(whole(5, 3_600), "60"),
});

const memoryFlags = v.strictObject({
  users: v.optional(whole(1, 20_000), "400"),
  minutes: v.optional(minutes, "60"),
  seed,
});

const FLAGS = {
  fuzz: fuzzFlags,
  freeze: freezeFlags,
  hostile: hostileFlags,
  memory: memoryFlags,
} as const;

/** Parses the command line. Returns the requested task. */
export function parseSoakOptions(args: readonly string[]): SoakOptions {
  let given: ReturnType<typeof readFlags>;
  try {
    given = readFlags(args);
  } catch (error) {
    return { kind: "usage", faults: [toErrorText(error)] };
  }
  const { help, ...values } = given.values;
  if (help) return { kind: "help" };
  const [named, ...others] = given.positionals;
  const task = TASKS.find((each) => each === named);
  if (!task || others.length > 0) {
    const found = given.positionals.join(" ") || "nothing";
    const faults = [`Cannot soak: found ${found}, wanted fuzz, freeze, hostile or memory`];
    return { kind: "usage", faults };
  }
  switch (task) {
    case "fuzz":
      return toFuzz(values);
    case "freeze":
      return toFreeze(values);
    case "hostile":
      return toHostile(values);
    case "memory":
      return toMemory(values);
  }
}

type Values = Record<string, string | undefined>;

/** Describes what is wrong with the value of a flag. */
const describeFlag = (task: Task, values: Values) => (name: string) => {
  const isOthers = !(name in FLAGS[task].entries);
  const wanted = isOthers ? `no such flag for ${task}` : (WANTED[name] ?? WANTED_ONLY[task]);
  return `Cannot use --${name}: found ${JSON.stringify(values[name])}, wanted ${wanted}`;
};

const usage = (
  task: Task,
  values: Values,
  issues: readonly v.BaseIssue<unknown>[],
): SoakOptions => {
  const names = new Set(issues.map((issue) => v.getDotPath(issue) ?? ""));
  return { kind: "usage", faults: [...names].map(describeFlag(task, values)) };
};

function toFreeze(values: Values): SoakOptions {
  const parsed = v.safeParse(freezeFlags, values);
  if (!parsed.success) return usage("freeze", values, parsed.issues);
  const { seconds, only } = parsed.output;
  const parties = only === undefined ? PARTIES : [only];
  return { kind: "freeze", parties, frozenMs: seconds * 1_000 };
}

function toHostile(values: Values): SoakOptions {
  const parsed = v.safeParse(hostileFlags, values);
  if (!parsed.success) return usage("hostile", values, parsed.issues);
  return { kind: "hostile", ...parsed.output };
}

function toMemory(values: Values): SoakOptions {
  const parsed = v.safeParse(memoryFlags, values);
  if (!parsed.success) return usage("memory", values, parsed.issues);
  return { kind: "memory", ...parsed.output };
}

function toFuzz(values: Values): SoakOptions {
  const parsed = v.safeParse(fuzzFlags, values);
  if (!parsed.success) return usage("fuzz", values, parsed.issues);
  const { minutes, runs, seed, only, repeat } = parsed.output;
  if (repeat !== undefined) {
    return Object.keys(values).length > 1
      ? { kind: "usage", faults: [describeFlag("fuzz", values)("repeat")] }
      : { kind: "repeat", file: repeat };
  }
  return {
    kind: "fuzz",
    only: only ?? null,
    limits: { seed, maxRuns: runs ?? Infinity, maxMs: (minutes ?? Infinity) * 60_000 },
  };
}

function readFlags(args: readonly string[]) {
  const text = { type: "string" } as const;
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      minutes: text,
      runs: text,
      seed: text,
      only: text,
      seconds: text,
      repeat: text,
      users: text,
      hostile: text,
      help: { type: "boolean" },
    },
  });
}
