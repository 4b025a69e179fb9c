import { test } from "vitest";
import { startEndpoint } from "/work/main/test/harness/endpoint.ts";
import { eventually } from "/work/main/test/harness/eventually.ts";
import { startFleetStack } from "/work/main/test/harness/fleet-stack.ts";
import { newUser, newMail, recordMail, publishParts, countBodies } from "/work/main/test/webhook/published-mail.ts";
import { transmitLogs } from "/work/main/db/schema.ts";
import { runRole } from "/work/main/test/webhook/running-role.ts";
test("rate", { timeout: 120000 }, async () => {
  await using stack = await startFleetStack();
  await using endpoint = await startEndpoint();
  const user = await newUser(stack, await stack.newPartner({ newMailWebhook: endpoint.url }));
  const raw = new TextEncoder().encode("x".repeat(5000));
  const N = 2000;
  for (let i = 0; i < N; i += 50) await Promise.all(Array.from({ length: 50 }, () => {const m = newMail(user, raw); return publishParts(stack, m);}));
  const t = performance.now(); const c0 = process.cpuUsage();
  await using _role = runRole(stack);
  await eventually("all", () => endpoint.posted.length >= N || undefined, 60000);
  const ms = performance.now() - t; const c = process.cpuUsage(c0);
  await eventually("bodies", async () => (await countBodies(stack, user)) === 0 || undefined, 60000);
  const tb = performance.now() - t;
  await eventually("rows", async () => (await stack.db.select({e: transmitLogs.eventId}).from(transmitLogs)).length >= N || undefined, 60000);
  console.log("N", N, "posted ms", Math.round(ms), "per s", Math.round(N / ms * 1000), "cpu ms/event", (c.user + c.system) / 1000 / N, "bodies gone", Math.round(tb), "rows", Math.round(performance.now() - t), "posts", endpoint.posted.length);
  const lat: number[] = [];
  for (let i = 0; i < 100; i++) { const e = await publishParts(stack, newMail(user, raw)); const p = await eventually("x", () => endpoint.posted.find((q) => q.headers["webhook-id"] === e.id)); lat.push(p.atMs - e.created_at_ms); }
  lat.sort((a, b) => a - b); console.log("created→received p50", lat[50], "p99", lat[98]);
});
