import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import * as v from "valibot";
import { toErrorText } from "../../shared/errors.ts";

export interface StressOptions {
  users: number;
  instances: number;
  /** Mails per second to all users together. */
  ratePerS: number;
  loadMs: number;
  /** Whether the IMAP server lies (gives wrong answers on purpose). */
  hasChaos: boolean;
  /** The mean time between two kills, in ms. Null means that no process is killed. */
  killEveryMs: number | null;
  seed: number;
}

/** Where and in which form the results are written. */
export interface StressOutput {
  isJson: boolean;
  /** The path of the chart. Null means the default path. */
  plotFile: string | null;
}

export type ParsedOptions =
  | { kind: "options"; options: StressOptions; output: StressOutput }
  | { kind: "usage"; faults: readonly string[] };

export const STRESS_USAGE = `Usage: npm run stress -- [flags]
  --users 2000      mailboxes, 1 to 15000
  --instances 3     processes of the fleet, 1 to 20
  --rate 50/s       mails a second
  --minutes 2       how long mail is sent
  --chaos on        whether the IMAP server lies: on or off
  --kill 5s         mean time between two kill -9 of an instance, or off
  --seed N          of mails, lies and kills; drawn when it is not given
  --json            the report as JSON
  --plot FILE       where the SVG goes; else .stress/stress-<seed>.svg`;

const MAX_SEED = 2 ** 32 - 1;

/**
 * Parses a number with a unit. The number has at most six digits and three decimals, and lies
 * between `min` and `max`.
 */
const amount = (unit: string, min: number, max: number) =>
  v.pipe(
    v.string(),
    v.regex(new RegExp(String.raw`^\d{1,6}(\.\d{1,3})?${unit}$`)),
    v.transform((text) => Number.parseFloat(text)),
    v.minValue(min),
    v.maxValue(max),
  );

const whole = (min: number, max: number) =>
  v.pipe(v.string(), v.regex(/^\d{1,10}$/), v.transform(Number), v.minValue(min), v.maxValue(max));

const flags = v.object({
  users: whole(1, 15_000),
  instances: whole(1, 20),
  rate: amount("/s", 0.1, 10_000),
  minutes: amount("", 0.01, 1_440),
  chaos: v.picklist(["on", "off"]),
  kill: v.union([v.literal("off"), amount("s", 0.1, 3_600)]),
  seed: v.optional(whole(0, MAX_SEED), () => String(randomInt(MAX_SEED))),
  json: v.boolean(),
  plot: v.optional(v.pipe(v.string(), v.minLength(1))),
});

const WANTED: Record<string, string> = {
  users: "a whole number from 1 to 15000",
  instances: "a whole number from 1 to 20",
  rate: "a number from 0.1 to 10000 with /s, as in 50/s",
  minutes: "a number from 0.01 to 1440",
  chaos: "on or off",
  kill: "off, or a number from 0.1 to 3600 with s, as in 5s",
  seed: `a whole number from 0 to ${MAX_SEED}`,
  plot: "the name of a file",
};

export function parseStressOptions(args: readonly string[]): ParsedOptions {
  let given: ReturnType<typeof readFlags>;
  try {
    given = readFlags(args);
  } catch (error) {
    return { kind: "usage", faults: [toErrorText(error)] };
  }
  const parsed = v.safeParse(flags, given);
  if (!parsed.success) {
    const names = new Set(parsed.issues.map((issue) => v.getDotPath(issue) ?? ""));
    const describeFlag = (name: string) =>
      `Cannot use --${name}: found ${JSON.stringify(Object.entries(given).find(([key]) => key === name)?.[1])}, wanted ${WANTED[name]}`;
    return { kind: "usage", faults: [...names].map(describeFlag) };
  }
  const { users, instances, rate, minutes, chaos, kill, seed, json, plot } = parsed.output;
  return {
    kind: "options",
    options: {
      users,
      instances,
      ratePerS: rate,
      loadMs: minutes * 60_000,
      hasChaos: chaos === "on",
      killEveryMs: kill === "off" ? null : kill * 1_000,
      seed,
    },
    output: { isJson: json, plotFile: plot ?? null },
  };
}

function readFlags(args: readonly string[]) {
  const text = (value: string) => ({ type: "string", default: value }) as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      users: text("2000"),
      instances: text("3"),
      rate: text("50/s"),
      minutes: text("2"),
      chaos: text("on"),
      kill: text("5s"),
      seed: { type: "string" },
      json: { type: "boolean", default: false },
      plot: { type: "string" },
    },
  });
  return values;
}
