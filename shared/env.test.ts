import * as v from "valibot";
import { expect, test } from "vitest";
import { address, EnvError, parseEnv, seconds, wholeNumber } from "./env.ts";

const schema = v.object({
  DATABASE_URL: address("postgres:"),
  WORKERS: v.optional(wholeNumber(1, 100), "5"),
  INTERVAL: v.optional(seconds(0.1, 60), "10"),
  SECRET: v.string(),
});
const good = { DATABASE_URL: "postgres://u:p@h/d", SECRET: "x" };

const catchFaults = (env: Record<string, string>): readonly string[] => {
  try {
    parseEnv(schema, env);
    return [];
  } catch (error) {
    if (error instanceof EnvError) return error.faults;
    throw error;
  }
};

test("parseEnv() fills in defaults and treats a blank variable as absent", () => {
  expect(parseEnv(schema, { ...good, WORKERS: "", INTERVAL: "0.25" })).toEqual({
    ...good,
    WORKERS: 5,
    INTERVAL: 250,
  });
});

test("parseEnv() reports all faults at once, by name, and no value", () => {
  const faults = catchFaults({
    DATABASE_URL: "mysql://root:hunter2@h",
    WORKERS: "many",
    INTERVAL: "1e9",
  });
  expect(faults).toEqual([
    "DATABASE_URL must be an address that begins with postgres://",
    "WORKERS must be a whole number from 1 to 100",
    "INTERVAL must be a number of seconds from 0.1 to 60",
    "SECRET is missing",
  ]);
});

test.each(["0", "101", "1.5", "-1", " 5"])("wholeNumber() refuses %j", (WORKERS) => {
  expect(catchFaults({ ...good, WORKERS })).toEqual([
    "WORKERS must be a whole number from 1 to 100",
  ]);
});
