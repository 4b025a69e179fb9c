import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inCheckout } from "../../../dev/checkout.ts";
import { defaultEdgePlatform } from "../../../dev/servers/edge.ts";
import { RATE_LIMIT_PERIOD_S } from "../../../edge/settings.ts";
import { createApiCaller } from "../../harness/api-caller.ts";
import type { EdgeStack } from "../../harness/stacks/edge-stack.ts";
import { startOwnEdge } from "../../harness/stacks/open-edge.ts";

const LIMIT = 5;

let edge: EdgeStack;
beforeAll(async () => {
  edge = await startOwnEdge({
    wranglerConfig: lowLimit,
    // Off Workers the limit is a setting.
    ...(defaultEdgePlatform() !== "workerd" && { settings: { RATE_LIMIT: String(LIMIT) } }),
  });
});
afterAll(() => edge?.[Symbol.asyncDispose]());

/** Writes a copy of wrangler.toml with a low rate limit. Returns the path of the copy. */
async function lowLimit(folder: string): Promise<string> {
  const settings = await readFile(inCheckout("wrangler.toml"), "utf8");
  const path = join(folder, "wrangler.toml");
  await writeFile(
    path,
    settings
      .replace(/^main = .*$/m, `main = ${JSON.stringify(inCheckout("edge", "worker.ts"))}`)
      .replace(/^directory = .*$/m, `directory = ${JSON.stringify(inCheckout("dist"))}`)
      .replace(/^limit = .*$/m, `limit = ${LIMIT}`),
  );
  return path;
}

test("a partner with too many requests learns when to retry, and no other partner is affected", async () => {
  const greedy = await edge.newPartner();
  const modest = await edge.newPartner();
  const ask = (apiKey: string) => createApiCaller(edge.url, apiKey)("GET", "/connections");
  // Sends more requests than two periods allow. So at least one request is refused, even if a new
  // period begins during the loop.
  const answers = [];
  for (let n = 0; n < 2 * LIMIT + 1; n++) answers.push(await ask(greedy.apiKey));
  const refused = answers.filter(({ status }) => status === 429);
  expect(refused.length).toBeGreaterThan(0);
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(LIMIT);
  expect(refused[0]?.body).toMatchObject({ code: "too-many-requests", status: 429 });
  expect(refused[0]?.headers.get("retry-after")).toBe(String(RATE_LIMIT_PERIOD_S));
  expect(refused[0]?.text).not.toMatch(/limit|remaining/i);
  expect((await ask(modest.apiKey)).status).toBe(200);
});

test("the reported period equals the one in wrangler.toml", async () => {
  const settings = await readFile(inCheckout("wrangler.toml"), "utf8");
  expect(settings).toContain(`\nperiod = ${RATE_LIMIT_PERIOD_S}\n`);
});
