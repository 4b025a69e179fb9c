import { expect, test } from "vitest";
import { type Attack, attacksOn, buildAttack } from "./attacks.ts";
import { COMPUTED, collectPatterns, type Pattern } from "./collect-patterns.ts";

/**
 * Regular expressions whose time grows faster than the length of the text. They are safe only
 * because other code limits the length. `why` names this code.
 */
const SHORT_TEXTS: Record<string, { maxLength: number; why: string }> = {
  "/\\/+$/": { maxLength: 300, why: "the settings of those who run the service" },
  "/(:0)+$/": { maxLength: 14, why: "three groups of an IPv6 address" },
  "/^([\\w-]+(\\.[\\w-]+)*|[\\da-f:]*:[\\da-f:.]+)$/": {
    maxLength: 253,
    why: "edge/users/imap-host.ts looks at the length first",
  },
};

/** Files that build regular expressions at run time. The value says why this is safe. */
const COMPUTING: Record<string, string> = {
  [COMPUTED]: "it is loaded, and its patterns are tested",
  "edge/admin/row-id.ts": "a fixed length between ^ and $",
  "edge/api/page.ts": "a fixed length between ^ and $",
  "shared/secrets/api-key.ts": "a fixed length between ^ and $",
  "shared/visible-text.ts": "one character of a class",
};

const MIB = 2 ** 20;
/**
 * The length of the first attacks. A regular expression with exponential time takes about a second
 * at this length, and practically forever for longer texts.
 */
const SHORT = 28;
/**
 * The lengths of the next attacks, each four times the previous one. A cubic regular expression
 * that is fast at one length takes only a few seconds at the next.
 */
const SIZES = [1_536, 6_144, 24_576, 98_304];
/** How many of the slowest attacks at one length are repeated at the next length. */
const WORST = 12;
/**
 * The maximum time for up to 96 KiB of text. For 96 KiB, a linear regular expression takes 1 ms,
 * and a quadratic one at least 1.5 s.
 */
const MAX_FIRST_MS = 100;
/**
 * The maximum time for 1 MiB of text. A linear regular expression takes a few ms, one with a
 * repetition such as `{0,200}` a second, and a quadratic one minutes.
 */
const MAX_MS = 5_000;

const { patterns, computing } = await collectPatterns();

/**
 * The flag `y` is replaced with `g`, so that the regular expression is tried at every position.
 * Code that uses `y` does the same in a loop.
 */
const compile = ({ source, flags }: Pattern) =>
  new RegExp(source, flags.includes("y") ? flags.replace("y", "g") : flags);

function run(pattern: RegExp, text: string): number {
  const startMs = performance.now();
  if (pattern.global) text.replace(pattern, "");
  else pattern.test(text);
  return performance.now() - startMs;
}

/**
 * Measures attacks of this length, and returns the slowest first. Slow attacks are measured again,
 * because other programs may have caused the delay.
 */
function byTime(pattern: RegExp, attacks: readonly Attack[], length: number) {
  const timed: { attack: Attack; ms: number }[] = [];
  for (const attack of attacks) {
    const text = buildAttack(attack, length);
    let ms = run(pattern, text);
    for (let more = 0; more < 4 && ms > MAX_FIRST_MS && ms < 10 * MAX_FIRST_MS; more++)
      ms = Math.min(ms, run(pattern, text));
    timed.push({ attack, ms });
    if (ms > MAX_FIRST_MS) break;
  }
  return timed.toSorted((one, other) => other.ms - one.ms);
}

/**
 * Returns a description of a text on which the pattern takes too long. Null means that there is no
 * such text.
 */
function describeSlowness(given: Pattern): string | null {
  let attacks: readonly Attack[] = attacksOn(given.source, given.flags);
  // Compiles the pattern only once, because compiling takes longer than running some of the
  // patterns.
  const pattern = compile(given);
  for (const length of [SHORT, ...SIZES]) {
    const timed = byTime(pattern, attacks, length);
    const [worst] = timed;
    if (worst && worst.ms > MAX_FIRST_MS) return describe(worst.attack, length, worst.ms);
    // Selects the slowest attacks. Does not do this at the length SHORT, because all attacks are
    // equally fast there.
    if (length > SHORT) attacks = timed.slice(0, WORST).map(({ attack }) => attack);
  }
  for (const attack of attacks.slice(0, 2)) {
    const ms = run(pattern, buildAttack(attack, MIB));
    if (ms > MAX_MS) return describe(attack, MIB, ms);
  }
  return null;
}

const describe = ({ prefix, unit, suffix }: Attack, length: number, ms: number) =>
  `${length} characters of ${JSON.stringify(unit)} between ${JSON.stringify(prefix)} and ${JSON.stringify(suffix)} took ${Math.round(ms)} ms`;

test("the patterns of the product are found", () => {
  expect(patterns.length).toBeGreaterThan(150);
  expect(computing.toSorted()).toEqual(Object.keys(COMPUTING).toSorted());
  const literals = patterns.map(({ literal }) => literal);
  expect(Object.keys(SHORT_TEXTS).filter((literal) => !literals.includes(literal))).toEqual([]);
});

test("a quadratic pattern is detected", { timeout: 120_000 }, () => {
  for (const source of ["\\s+$", "^(?:a+)+b$", "^(?:a|a)*b", "<.*@[^>]*>", "x*y", "a.*b.*c"]) {
    const pattern = { literal: `/${source}/`, source, flags: "", files: [] };
    expect([source, describeSlowness(pattern)]).toEqual([source, expect.stringContaining("took")]);
  }
});

test.each(patterns.filter(({ literal }) => !(literal in SHORT_TEXTS)))(
  "the time of $literal grows with its text alone ($files)",
  { timeout: 120_000 },
  (pattern) => {
    expect(describeSlowness(pattern)).toBeNull();
  },
);

test.each(patterns.filter(({ literal }) => literal in SHORT_TEXTS))(
  "a mebibyte of short texts is nothing for $literal ($files)",
  { timeout: 120_000 },
  (pattern) => {
    const length = SHORT_TEXTS[pattern.literal]?.maxLength ?? 0;
    const compiled = compile(pattern);
    const worst = byTime(compiled, attacksOn(pattern.source, pattern.flags), length).slice(0, 3);
    for (const { attack } of worst) {
      const text = buildAttack(attack, length);
      const startMs = performance.now();
      for (let done = 0; done < MIB; done += length) run(compiled, text);
      expect(performance.now() - startMs).toBeLessThan(MAX_MS);
    }
  },
);
