import { expect, test } from "vitest";
import { parseStressOptions } from "./stress-options.ts";

const parse = (line: string) => parseStressOptions(line.split(" ").filter((arg) => arg !== ""));

test("the flags of a run are read with their units", () => {
  const flags =
    "--users 300 --instances 2 --rate 7.5/s --minutes 0.5 --chaos off --kill 2.5s --seed 9 --json --plot a.svg";
  expect(parse(flags)).toEqual({
    kind: "options",
    options: {
      users: 300,
      instances: 2,
      ratePerS: 7.5,
      loadMs: 30_000,
      hasChaos: false,
      killEveryMs: 2_500,
      seed: 9,
    },
    output: { isJson: true, plotFile: "a.svg" },
  });
});

test("without flags it is the run of the documents, with a seed that is drawn", () => {
  expect(parse("")).toEqual({
    kind: "options",
    options: {
      users: 2_000,
      instances: 3,
      ratePerS: 50,
      loadMs: 120_000,
      hasChaos: true,
      killEveryMs: 5_000,
      seed: expect.any(Number),
    },
    output: { isJson: false, plotFile: null },
  });
});

test("kills can be switched off", () => {
  expect(parse("--kill off")).toMatchObject({ options: { killEveryMs: null } });
});

test.each([
  ["--users 0", "--users", "a whole number from 1"],
  ["--users 15001", "--users", "a whole number from 1"],
  ["--users 2e3", "--users", "a whole number from 1"],
  ["--instances 0", "--instances", "a whole number from 1"],
  ["--rate 50", "--rate", "as in 50/s"],
  ["--rate 50/min", "--rate", "as in 50/s"],
  ["--rate 0/s", "--rate", "as in 50/s"],
  ["--minutes two", "--minutes", "a number from 0.01"],
  ["--minutes 0", "--minutes", "a number from 0.01"],
  ["--chaos yes", "--chaos", "on or off"],
  ["--kill 5", "--kill", "as in 5s"],
  ["--kill 0s", "--kill", "as in 5s"],
  ["--seed -1", "--seed", "--seed"],
  ["--seed 4294967296", "--seed", "a whole number from 0"],
  ["--plot=", "--plot", "the name of a file"],
  ["--speed 5", "--speed", "Unknown option"],
  ["fast", "fast", "Unexpected argument"],
])("%s is refused in clear words", (line, named, wanted) => {
  const parsed = parse(line);
  const text = parsed.kind === "usage" ? parsed.faults.join("\n") : "";
  expect(text).toContain(named);
  expect(text).toContain(wanted);
});

test("all wrong flags are reported at once", () => {
  expect(parse("--users many --kill soon")).toEqual({
    kind: "usage",
    faults: [
      'Cannot use --users: found "many", wanted a whole number from 1 to 15000',
      'Cannot use --kill: found "soon", wanted off, or a number from 0.1 to 3600 with s, as in 5s',
    ],
  });
});
