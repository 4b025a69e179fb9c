import { expect, test } from "vitest";
import { CHAOS_KINDS, type ChaosKind, DEFAULT_WEIGHTS } from "./chaos-kind.ts";
import { createChaos } from "./chaos.ts";
import { ANNOUNCEMENT_LIES, GREETING_LIES, liesIn, liesTo } from "./fitting-lies.ts";

const OPPORTUNITIES: (readonly ChaosKind[])[] = [
  GREETING_LIES,
  liesTo("LOGIN", false),
  liesTo("EXAMINE", false),
  liesTo("FETCH", true),
  liesTo("IDLE", true),
  liesTo("SEARCH", true),
  liesIn(Buffer.from('* 1 FETCH (INTERNALDATE "soon" BODY[] {1}\r\nx)\r\n')),
  liesIn(Buffer.from("* SEARCH 1 2\r\n")),
  liesIn(Buffer.from("* 1 EXISTS\r\n")),
  liesIn(Buffer.from("* OK [UIDNEXT 2] Predicted next UID\r\n")),
  ANNOUNCEMENT_LIES,
];

const drawLies = (chaos: ReturnType<typeof createChaos>, rounds: number) =>
  Array.from({ length: rounds }, () =>
    OPPORTUNITIES.map((fitting) => chaos.decide(fitting)),
  ).flat();

const evenly = Object.fromEntries(CHAOS_KINDS.map((kind) => [kind, 0.05]));

test("every kind has an opportunity and a default weight", () => {
  expect(new Set(OPPORTUNITIES.flat())).toEqual(new Set(CHAOS_KINDS));
  expect(Object.keys(DEFAULT_WEIGHTS)).toEqual([...CHAOS_KINDS]);
});

test("the same seed gives the same lies, another seed others", () => {
  const lies = drawLies(createChaos({ seed: 7, weights: evenly }), 100);
  expect(drawLies(createChaos({ seed: 7, weights: evenly }), 100)).toEqual(lies);
  expect(drawLies(createChaos({ seed: 8, weights: evenly }), 100)).not.toEqual(lies);
});

test("a weight is the probability at each opportunity", () => {
  const chaos = createChaos({ seed: 1, weights: { login_limit: 0.2, login_refused: 0.1 } });
  drawLies(chaos, 10_000);
  const { login_limit, login_refused, bye } = chaos.counts();
  expect(login_limit).toBeGreaterThan(1_850);
  expect(login_limit).toBeLessThan(2_150);
  expect(login_refused).toBeGreaterThan(900);
  expect(login_refused).toBeLessThan(1_100);
  expect(bye).toBe(0);
});

test("all lies are counted", () => {
  const chaos = createChaos({ seed: 3, weights: evenly });
  const lies = drawLies(chaos, 500).filter((lie) => lie !== null);
  const counts = chaos.counts();
  for (const kind of CHAOS_KINDS) {
    expect(counts[kind]).toBe(lies.filter((lie) => lie.kind === kind).length);
    expect(counts[kind]).toBeGreaterThan(0);
  }
});

test("a kind that is never drawn does not change when the others are", () => {
  const alone = createChaos({ seed: 5, weights: { greeting_bye: 0.1 } });
  const silenced = createChaos({ seed: 5, weights: { greeting_bye: 0.1, slow_drip: 0 } });
  expect(drawLies(silenced, 100)).toEqual(drawLies(alone, 100));
});

test("chaos can be paused, resumed and given new weights", () => {
  const chaos = createChaos({ seed: 1, weights: { greeting_bye: 1 } });
  const greet = () => chaos.decide(GREETING_LIES)?.kind;
  expect(greet()).toBe("greeting_bye");
  chaos.pause();
  expect(greet()).toBeUndefined();
  chaos.resume();
  expect(greet()).toBe("greeting_bye");
  chaos.setWeights({ greeting_never: 1 });
  expect(greet()).toBe("greeting_never");
  expect(chaos.counts()).toMatchObject({ greeting_bye: 2, greeting_never: 1 });
});
