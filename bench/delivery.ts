import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import {
  type CpuTimes,
  describeCpuTimes,
  machine,
  readCpuTimes,
  readUsage,
  spread,
} from "./figures.ts";
import { startWatchedStack, type WatchedStack } from "./many-users.ts";
import { startReceiver } from "./receiver.ts";

/** The mails before the measurement: the JIT compiler of the fleet needs some thousand. */
const WARM_UP = { count: 3_000, ratePerS: 150 };
const IDLE_MS = 10_000;
const BODY = "x".repeat(5_000);

export interface DeliveryLoad {
  /** The mails are spread evenly over this many users. */
  users: number;
  /** Steady load: mails per second. */
  rate: number;
  seconds: number;
  /** How many mails are delivered at once. 0 means no burst. */
  burst: number;
}

/**
 * Measures the delivery of mails of 5 kB, from the mail server's announcement to the webhook.
 * Everything runs on this machine. The fleet has a process of its own; mail server, load generator
 * and receiver run in this process.
 */
export async function benchDelivery(load: DeliveryLoad): Promise<void> {
  const receivedAtMs = new Map<string, number>();
  let repeated = 0;
  await using receiver = await startReceiver((_path, response, body) => {
    response.end();
    const token = /bench-[0-9a-f-]{36}/.exec(Buffer.concat(body).toString("latin1"))?.[0];
    if (!token) return;
    if (receivedAtMs.has(token)) repeated++;
    else receivedAtMs.set(token, performance.now());
  });
  await using watched = await startWatchedStack(load.users, receiver.url);
  console.log(
    `delivery, on ${machine()}, ${load.users} users: fleet (Bun), nats-server, Postgres, IMAP server and receiver on it`,
  );
  const { send, rest } = openWay(watched, receivedAtMs);
  await send(WARM_UP.count, WARM_UP.ratePerS);
  const idle = await rest(IDLE_MS);
  console.log(`  CPU a second before: ${idle}`);
  const steady = await send(load.rate * load.seconds, load.rate);
  console.log(
    `  announced → webhook received, ${load.rate * load.seconds} mails at ${load.rate}/s: ${spread(steady.latenciesMs)}, repeated ${repeated}`,
  );
  console.log(`  CPU a mail: ${steady.cpu}`);
  if (load.burst === 0) return;
  const burst = await send(load.burst, Infinity);
  const perS = Math.round(load.burst / (burst.tookMs / 1_000));
  console.log(
    `  a burst of ${load.burst} mails: ${perS} mails/s all the way, repeated ${repeated}`,
  );
  console.log(`  CPU a mail: ${burst.cpu}`);
  console.log(
    `  fleet: ${readUsage(watched.stack.programs.fleet.pid).rssMib.toFixed(0)} MiB resident`,
  );
}

function openWay(
  { stack, server, addresses }: WatchedStack,
  receivedAtMs: ReadonlyMap<string, number>,
) {
  const readCpu = () => readCpuTimes(stack.programs, "mail server and receiver");
  const sendOne = (n: number) => {
    const token = `bench-${randomUUID()}`;
    const address = addresses[n % addresses.length] ?? "";
    const atMs = performance.now();
    server.deliver(
      address,
      `From: bench@demo.test\r\nTo: ${address}\r\nSubject: ${token}\r\nMessage-ID: <${token}@demo.test>\r\nDate: Mon, 30 Nov 2026 12:00:00 +0000\r\n\r\n${BODY}\r\n`,
    );
    return { token, atMs };
  };
  const describe = (before: CpuTimes, parts: number) => describeCpuTimes(before, readCpu(), parts);
  return {
    async rest(ms: number) {
      const before = readCpu();
      await delay(ms);
      return describe(before, ms / 1_000);
    },
    async send(count: number, ratePerS: number) {
      const before = readCpu();
      const startMs = performance.now();
      const sent: ReturnType<typeof sendOne>[] = [];
      for (let n = 0; n < count; n++) {
        const waitMs = startMs + (n * 1_000) / ratePerS - performance.now();
        if (waitMs > 0) await delay(waitMs);
        sent.push(sendOne(n));
      }
      while (sent.some(({ token }) => !receivedAtMs.has(token))) await delay(5);
      const cpu = describe(before, count);
      const latenciesMs = sent.map(({ token, atMs }) => (receivedAtMs.get(token) ?? NaN) - atMs);
      return { latenciesMs, tookMs: performance.now() - startMs, cpu };
    },
  };
}
