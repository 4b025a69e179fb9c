import { expect, test } from "vitest";
import { judgeFreeze } from "../soak/freeze/judge-freeze.ts";
import { runFreeze } from "../soak/freeze/run-freeze.ts";

// A short version of `npm run soak -- freeze`. Takes 40 s, which include 10 s of load and a freeze
// of 10 s.
test("a mail server that is frozen for ten seconds delays only its own users' mail, and these recover", async () => {
  const lines: string[] = [];
  const deps = { say: (line: string) => lines.push(line), signal: new AbortController().signal };
  const report = await runFreeze({ party: "mail", frozenMs: 10_000 }, deps);
  expect(judgeFreeze(report)).toEqual([]);
  expect(lines).toEqual(["mail: frozen", "mail: goes on"]);
  const delivered = Object.fromEntries(
    report.groups.map((group) => [group.group, group.delivered]),
  );
  expect(delivered["elsewhere"]).toBe(0);
  expect(delivered["steady"]).toBeGreaterThan(0);
});
