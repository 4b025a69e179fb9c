import { expect, test } from "vitest";
import { DEFAULT_WEIGHTS } from "../imap-server/chaos/chaos-kind.ts";
import { runStress } from "../stress/run-stress.ts";

/**
 * The weights of the mail server's lies (wrong answers on purpose). `login_refused` is off: after
 * this lie, the fleet waits more than a minute before it logs the user in again.
 */
const WEIGHTS = { ...DEFAULT_WEIGHTS, login_refused: 0 };

test("a small stress test loses nothing", { timeout: 150_000 }, async () => {
  const options = {
    users: 30,
    instances: 2,
    ratePerS: 30,
    loadMs: 6_000,
    hasChaos: true,
    killEveryMs: 3_000,
    seed: 20_261_122,
  };
  const { report, plot } = await runStress(options, {
    say: console.log,
    signal: new AbortController().signal,
    weights: WEIGHTS,
  });
  expect(report.faults.filter((fault) => !fault.startsWith("The server never told"))).toEqual([]);
  expect(report.mails.sent).toBeGreaterThan(100);
  expect(Object.values(report.kills).reduce((sum, count) => sum + count)).toBeGreaterThan(0);
  expect(Object.values(report.lies).reduce((sum, count) => sum + count)).toBeGreaterThan(0);
  expect(plot).toMatch(/^<svg [^]*<\/svg>\n$/);
});
