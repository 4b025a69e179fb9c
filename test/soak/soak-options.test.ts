import { expect, test } from "vitest";
import { parseSoakOptions, SOAK_USAGE } from "./soak-options.ts";

const parse = (line: string) => parseSoakOptions(line.split(" ").filter((arg) => arg !== ""));

test("the flags of a run are read", () => {
  expect(parse("fuzz --minutes 0.5 --runs 20 --seed 9 --only session")).toEqual({
    kind: "fuzz",
    only: "session",
    limits: { seed: 9, maxRuns: 20, maxMs: 30_000 },
  });
});

test("without flags both run without an end, from a seed that is drawn", () => {
  expect(parse("fuzz")).toEqual({
    kind: "fuzz",
    only: null,
    limits: { seed: expect.any(Number), maxRuns: Infinity, maxMs: Infinity },
  });
});

test("a mail is repeated by the name of its file", () => {
  expect(parse("fuzz --repeat a.eml")).toEqual({ kind: "repeat", file: "a.eml" });
});

test("each party is frozen for two minutes, or one of them for as long as is asked for", () => {
  expect(parse("freeze")).toMatchObject({ kind: "freeze", frozenMs: 120_000 });
  expect(parse("freeze --only nats-of-three --seconds 20")).toEqual({
    kind: "freeze",
    parties: ["nats-of-three"],
    frozenMs: 20_000,
  });
});

test("hostile users are sixty beside 5,000 others, or as many as are asked for", () => {
  const few = { kind: "hostile", users: 10, hostile: 2, seconds: 5 };
  expect(parse("hostile")).toEqual({ kind: "hostile", users: 5_000, hostile: 60, seconds: 60 });
  expect(parse("hostile --users 10 --hostile 2 --seconds 5")).toEqual(few);
});

test("memory is watched for an hour with 400 users, or as is asked for", () => {
  const few = { kind: "memory", users: 10, minutes: 0.5, seed: 3 };
  const usual = { kind: "memory", users: 400, minutes: 60, seed: expect.any(Number) };
  expect(parse("memory")).toEqual(usual);
  expect(parse("memory --users 10 --minutes 0.5 --seed 3")).toEqual(few);
});

test("help is given wherever it is asked for", () => {
  expect(parse("--help")).toEqual({ kind: "help" });
  expect(parse("fuzz --help --runs 3")).toEqual({ kind: "help" });
});

test("each flag is in the usage", () => {
  for (const flag of [
    "minutes",
    "runs",
    "seed",
    "only",
    "repeat",
    "seconds",
    "users",
    "hostile",
    "help",
  ]) {
    expect(SOAK_USAGE).toContain(`--${flag}`);
  }
});

test.each([
  ["", "nothing", "wanted fuzz, freeze, hostile or memory"],
  ["boil", "boil", "wanted fuzz"],
  ["fuzz fuzz", "fuzz fuzz", "wanted fuzz"],
  ["fuzz --minutes 0", "--minutes", "a number from 0.01"],
  ["fuzz --minutes two", "--minutes", "a number from 0.01"],
  ["fuzz --runs 0", "--runs", "a whole number from 1"],
  ["fuzz --runs 1.5", "--runs", "a whole number from 1"],
  ["fuzz --seed -1", "--seed", "--seed"],
  ["fuzz --seed 4294967296", "--seed", "a whole number from 0 to 4294967295"],
  ["fuzz --only mail", "--only", "mime or session"],
  ["fuzz --repeat=", "--repeat", "the name of a file"],
  ["fuzz --repeat a.eml --seed 1", "--repeat", "no other flag"],
  ["fuzz --seconds 5", "--seconds", "no such flag for fuzz"],
  ["freeze --seconds 4", "--seconds", "a whole number from 5"],
  ["freeze --seed 4", "--seed", "no such flag for freeze"],
  ["freeze --only mime", "--only", "nats-of-three"],
  ["hostile --users 0", "--users", "a whole number from 1 to 20000"],
  ["hostile --hostile 1001", "--hostile", "a whole number from 1 to 1000"],
  ["hostile --only mail", "--only", "no such flag for hostile"],
  ["memory --users 0", "--users", "a whole number from 1 to 20000"],
  ["memory --minutes 0", "--minutes", "a number from 0.01"],
  ["memory --seconds 5", "--seconds", "no such flag for memory"],
  ["fuzz --speed 5", "--speed", "Unknown option"],
])("%s is refused in clear words", (line, named, wanted) => {
  const parsed = parse(line);
  const text = parsed.kind === "usage" ? parsed.faults.join("\n") : "";
  expect(text).toContain(named);
  expect(text).toContain(wanted);
});
