import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { createMemoryRateLimit } from "./memory-rate-limit.ts";
import { edgeServerSettings } from "./server-settings.ts";

test("each key has its own limit, until the window ends", async () => {
  let nowMs = 0;
  const limiter = createMemoryRateLimit({ requests: 2, periodS: 10 }, () => nowMs);
  const ask = async (key: string) => (await limiter.limit({ key })).success;
  expect([await ask("a"), await ask("a"), await ask("a")]).toEqual([true, true, false]);
  expect(await ask("b")).toBe(true);
  nowMs = 9_999;
  expect(await ask("a")).toBe(false);
  nowMs = 10_000;
  expect(await ask("a")).toBe(true);
});

test("the number of keys is bounded", async () => {
  const limiter = createMemoryRateLimit({ requests: 1, periodS: 10 }, () => 0);
  await limiter.limit({ key: "first" });
  expect(await limiter.limit({ key: "first" })).toEqual({ success: false });
  for (let n = 0; n < 100_000; n++) await limiter.limit({ key: String(n) });
  expect(await limiter.limit({ key: "first" })).toEqual({ success: true });
});

test("the default limit is the one in wrangler.toml", () => {
  const worker = readFileSync(new URL("../../wrangler.toml", import.meta.url), "utf8");
  expect(worker).toContain(`\nlimit = ${edgeServerSettings.entries.RATE_LIMIT.default}\n`);
});
