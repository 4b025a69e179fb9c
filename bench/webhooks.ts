import { setTimeout as delay } from "node:timers/promises";
import { type Stack, startStack } from "../dev/stack/stack.ts";
import { describeCpuTimes, machine, readCpuTimes, readUsage, spread } from "./figures.ts";
import { type Receiver, startReceiver } from "./receiver.ts";
import { type LoadedPartner, openLoad, type WebhookLoad } from "./webhook-load.ts";

const PARTNERS = 20;
const WARM_UP = 2_000;
const BACKLOG = 20_000;
const STEADY_PER_S = 200;
const STEADY_S = 10;

/**
 * Measures how fast one fleet process delivers a backlog of small mails. Then measures the latency
 * at a steady rate. NATS, Postgres and the receiver run on the same machine.
 */
export async function benchWebhooks(): Promise<void> {
  await using receiver = await startReceiver();
  await using stack = await startStack({ fleetEnv: { ROLE: "webhook" } });
  await using load = await openLoad(stack);
  const partners: LoadedPartner[] = [];
  for (let i = 0; i < PARTNERS; i++) partners.push(await load.addPartner(`${receiver.url}/${i}`));
  await deliverBacklog({ stack, load, receiver, partners }, WARM_UP);
  const backlog = await deliverBacklog({ stack, load, receiver, partners }, BACKLOG);
  const latenciesMs = await deliverSteadily({ load, receiver, partners });
  console.log(`webhooks, on ${machine()}: one fleet process (Bun), NATS, Postgres, receiver on it`);
  console.log(
    `  ${BACKLOG} mails of 1 kB waiting for ${PARTNERS} partners: ${Math.round(BACKLOG / (backlog.tookMs / 1_000))} webhooks/s`,
  );
  console.log(`  CPU a webhook: ${backlog.cpu}`);
  console.log(`  fleet: ${backlog.rssMib.toFixed(0)} MiB resident`);
  console.log(`  stored → received at ${STEADY_PER_S}/s: ${spread(latenciesMs)}`);
}

interface Bench {
  stack: Stack;
  load: WebhookLoad;
  receiver: Receiver;
  partners: readonly LoadedPartner[];
}

/**
 * Publishes `count` mails while the fleet is stopped, and starts the fleet. Returns the time from
 * the first to the last webhook, the CPU time of each program, and the fleet's memory.
 */
async function deliverBacklog({ stack, load, receiver, partners }: Bench, count: number) {
  const { fleet } = stack.programs;
  await fleet.stop();
  receiver.receivedAtMs.clear();
  for (const partner of partners) await load.publish(partner, count / PARTNERS);
  await fleet.start();
  const readCpu = () => readCpuTimes(stack.programs, "receiver");
  const before = readCpu();
  await untilReceived(receiver, count);
  const cpu = describeCpuTimes(before, readCpu(), count);
  const { rssMib } = readUsage(fleet.pid);
  const times = [...receiver.receivedAtMs.values()];
  const tookMs = Math.max(...times) - Math.min(...times);
  return { tookMs, cpu, rssMib };
}

async function deliverSteadily({ load, receiver, partners }: Omit<Bench, "stack">) {
  const storedAtMs = new Map<string, number>();
  const sending: Promise<void>[] = [];
  const startMs = performance.now();
  receiver.receivedAtMs.clear();
  const count = STEADY_PER_S * STEADY_S;
  for (let n = 0; n < count; n++) {
    await delay(Math.max(startMs + (n * 1_000) / STEADY_PER_S - performance.now(), 0));
    const partner = partners[n % PARTNERS];
    if (partner) sending.push(sendOne(load, partner, storedAtMs));
  }
  await Promise.all(sending);
  await untilReceived(receiver, count);
  return [...storedAtMs].map(([id, ms]) => (receiver.receivedAtMs.get(id) ?? NaN) - ms);
}

async function sendOne(load: WebhookLoad, partner: LoadedPartner, storedAtMs: Map<string, number>) {
  const [id] = await load.publish(partner, 1);
  if (id !== undefined) storedAtMs.set(id, performance.now());
}

async function untilReceived({ receivedAtMs }: Receiver, count: number): Promise<void> {
  while (receivedAtMs.size < count) await delay(20);
}
