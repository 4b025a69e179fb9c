import type { ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { startStack } from "../dev/stack/stack.ts";
import { machine, percentile } from "./figures.ts";
import { type Receiver, startReceiver } from "./receiver.ts";
import { type LoadedPartner, openLoad, type WebhookLoad } from "./webhook-load.ts";

const HEALTHY = 47;
const RATE_PER_S = 100;
const WINDOW_S = 10;
const QUEUED = 10_000;
const SLOW_MS = 29_000;
const WARM_UP = 1_000;
const ROUNDS = 3;
/**
 * The limit for the healthy partners' p99 latency beside bad partners. It is the larger of two:
 * twice their p99 without bad partners, or that p99 plus 20 ms.
 */
const MAX_RATIO = 2;
const MAX_MORE_MS = 20;

/**
 * Measures how much three bad partners delay the webhooks of 47 healthy partners:
 *
 * - One has a dead endpoint.
 * - One has an endpoint that answers after 29 s.
 * - One has 10,000 queued events.
 *
 * The result is the median of three runs with default settings.
 */
export async function benchLanes(): Promise<void> {
  await using receiver = await startReceiver(answer);
  await using stack = await startStack({ fleetEnv: { ROLE: "webhook" } });
  await using load = await openLoad(stack);
  const bench = { load, receiver, healthy: await addHealthy(load, receiver) };
  await watchHealthy(bench, WARM_UP / RATE_PER_S);
  const without: Latency[] = [];
  const beside: Latency[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    without.push(await watchHealthy(bench, WINDOW_S));
    beside.push(await watchBesideBad(bench));
  }
  report(without, beside);
}

function answer(path: string, response: ServerResponse): void {
  if (path.startsWith("/dead")) response.writeHead(500).end();
  else if (path.startsWith("/slow")) setTimeout(() => response.end(), SLOW_MS).unref();
  else response.end();
}

interface Latency {
  p50: number;
  p99: number;
}

interface Bench {
  load: WebhookLoad;
  receiver: Receiver;
  healthy: readonly LoadedPartner[];
}

async function addHealthy(load: WebhookLoad, { url }: Receiver): Promise<LoadedPartner[]> {
  const partners: LoadedPartner[] = [];
  for (let i = 0; i < HEALTHY; i++) partners.push(await load.addPartner(`${url}/healthy/${i}`));
  return partners;
}

/**
 * Measures the latency of healthy partners while bad partners are served, too. Each run creates new bad partners, because an
 * open breaker of an earlier run would change the result.
 */
async function watchBesideBad(bench: Bench): Promise<Latency> {
  const { load, receiver } = bench;
  const dead = await load.addPartner(`${receiver.url}/dead`);
  const slow = await load.addPartner(`${receiver.url}/slow`);
  const queued = await load.addPartner(`${receiver.url}/queued`);
  await load.pause(queued);
  const ids = await load.publish(queued, QUEUED);
  await load.publish(dead, 200);
  await load.publish(slow, 200);
  await load.resume(queued);
  while (!ids.some((id) => receiver.receivedAtMs.has(id))) await delay(5);
  const latency = await watchHealthy(bench, WINDOW_S);
  while (!ids.every((id) => receiver.receivedAtMs.has(id))) await delay(50);
  return latency;
}

/**
 * Sends events of healthy partners at a steady rate. Measures the time from NATS's acknowledgement
 * to the request at the endpoint.
 */
async function watchHealthy({ load, receiver, healthy }: Bench, seconds: number): Promise<Latency> {
  const storedAtMs = new Map<string, number>();
  const sendOne = async (partner: LoadedPartner) => {
    const [id] = await load.publish(partner, 1);
    if (id !== undefined) storedAtMs.set(id, performance.now());
  };
  const sending: Promise<void>[] = [];
  const startMs = performance.now();
  for (let n = 0; n < seconds * RATE_PER_S; n++) {
    await delay(Math.max(startMs + (n * 1_000) / RATE_PER_S - performance.now(), 0));
    const partner = healthy[n % HEALTHY];
    if (partner) sending.push(sendOne(partner));
  }
  await Promise.all(sending);
  const ids = [...storedAtMs.keys()];
  while (!ids.every((id) => receiver.receivedAtMs.has(id))) await delay(5);
  const latencies = [...storedAtMs].map(([id, ms]) => (receiver.receivedAtMs.get(id) ?? NaN) - ms);
  return { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99) };
}

function report(without: readonly Latency[], beside: readonly Latency[]): void {
  const median = (runs: readonly Latency[], of: keyof Latency) =>
    percentile(
      runs.map((run) => run[of]),
      0.5,
    );
  const line = (name: string, runs: readonly Latency[]) =>
    `  ${name}: p50 ${median(runs, "p50").toFixed(1)} ms, p99 ${median(runs, "p99").toFixed(1)} ms (p99 of each: ${runs.map(({ p99 }) => p99.toFixed(1)).join(", ")})`;
  const p99 = median(without, "p99");
  const p99Beside = median(beside, "p99");
  const allowed = Math.max(MAX_RATIO * p99, p99 + MAX_MORE_MS);
  console.log(
    `lanes, on ${machine()}: one fleet process (Bun), NATS, Postgres, receiver on it; ${HEALTHY} healthy partners at ${RATE_PER_S}/s, median of ${ROUNDS}`,
  );
  console.log(line("without bad ones", without));
  console.log(
    line("beside a dead one, one that answers after 29 s, one with 10,000 queued", beside),
  );
  console.log(
    `  p99: ${(p99Beside / p99).toFixed(1)} times; ${p99Beside.toFixed(1)} ms of at most ${allowed.toFixed(1)} ms: ${p99Beside <= allowed ? "passed" : "FAILED"}`,
  );
}
