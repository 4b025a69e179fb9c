import * as v from "valibot";

/**
 * Thrown when settings of a process are wrong. Lists every fault with the name of the setting, but
 * never a value.
 */
export class EnvError extends Error {
  override readonly name = "EnvError";
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(`Cannot start: ${faults.length} wrong setting${faults.length === 1 ? "" : "s"}`);
    this.faults = faults;
  }
}

/**
 * Parses a process's environment. An empty variable counts as missing.
 *
 * @throws {EnvError} with one line for each fault.
 */
export function parseEnv<const S extends v.GenericSchema>(
  schema: S,
  env: Readonly<Record<string, unknown>>,
): v.InferOutput<S> {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
  const result = v.safeParse(schema, present);
  if (result.success) return result.output;
  const faults = result.issues.map((issue) => {
    const name = v.getDotPath(issue) ?? "environment";
    return present[name] === undefined ? `${name} is missing` : `${name} ${wanted(issue.message)}`;
  });
  throw new EnvError([...new Set(faults)]);
}

/** Removes the received value from a message of Valibot, because the value may be a secret. */
const wanted = (message: string) =>
  message.startsWith("Invalid ") ? "is not valid" : message.replace(/: ?Received .*$/s, "");

/** Returns the schema of a whole number between two bounds, parsed from text. */
export const wholeNumber = (min: number, max: number) => {
  const message = `must be a whole number from ${min} to ${max}`;
  return v.pipe(
    v.string(),
    v.regex(/^\d{1,15}$/, message),
    v.transform(Number),
    v.minValue(min, message),
    v.maxValue(max, message),
  );
};

/** Returns the schema of a duration in seconds (fractions allowed), parsed to milliseconds. */
export const seconds = (minSeconds: number, maxSeconds: number) => {
  const message = `must be a number of seconds from ${minSeconds} to ${maxSeconds}`;
  return v.pipe(
    v.string(),
    v.regex(/^\d{1,9}(\.\d{1,3})?$/, message),
    v.transform((text) => Math.round(Number(text) * 1_000)),
    v.minValue(minSeconds * 1_000, message),
    v.maxValue(maxSeconds * 1_000, message),
  );
};

/** The schema of a setting that is `true` or `false`. */
export const flag = v.pipe(
  v.picklist(["true", "false"], "must be true or false"),
  v.transform((text) => text === "true"),
);

/** Returns the schema of a URL with one of these schemes, for example `postgres:`. */
export const address = (...schemes: string[]) => {
  const message = `must be an address that begins with ${schemes.map((s) => `${s}//`).join(" or ")}`;
  return v.pipe(
    v.string(),
    v.check((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol), message),
  );
};
