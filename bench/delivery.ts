import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { createTransport } from "nodemailer";
import type { DemoUser } from "../dev/stack/keys.ts";
import { type Stack, startStack } from "../dev/stack/stack.ts";
import { machine, readTreeUsage, readUsage, spread } from "./figures.ts";
import { startWatchedStack } from "./many-users.ts";

const WARM_UP = 200;
/** How many mails are on their way to the mail server at the same time in a burst. */
const SMTP_CONNECTIONS = 5;
const BODY = "x".repeat(5_000);

export interface DeliveryLoad {
  /** How many users the mails are spread over. 0 means the demo users of the stack. */
  users: number;
  /** Steady load: mails per second. */
  rate: number;
  seconds: number;
  /** How many mails arrive as fast as the mail server accepts them. */
  burst: number;
}

/**
 * Measures the delivery from end to end: an SMTP server accepts a mail of 5 kB, and the fleet sees
 * it over IMAP, fetches it, publishes it and calls the webhook. Everything runs on this machine.
 * The first figure is the latency at a steady rate, the second the throughput of a burst.
 */
export async function benchDelivery(load: DeliveryLoad): Promise<void> {
  await using opened = await openStack(load.users);
  const { stack, users } = opened;
  await using way = openWay(stack, users);
  await way.send(WARM_UP, 1_000 / 50);
  const steady = await way.send(load.rate * load.seconds, 1_000 / load.rate);
  const burst = load.burst > 0 ? await way.send(load.burst, 0) : null;
  console.log(
    `delivery, on ${machine()}, ${users.length} users: fleet (Bun), nats-server, Postgres, IMAP server and receiver on it`,
  );
  console.log(
    `  accepted → webhook received, ${steady.sent} mails at ${load.rate}/s: ${spread(steady.latenciesMs)}, repeated ${steady.repeated}`,
  );
  console.log(`  CPU a mail: ${steady.cpu}`);
  if (!burst) return;
  console.log(
    `  a burst of ${burst.sent} mails: ${Math.round(burst.sent / (burst.tookMs / 1_000))} mails/s all the way, repeated ${burst.repeated}`,
  );
  console.log(`  CPU a mail: ${burst.cpu}`);
  console.log(`  fleet: ${burst.rssMib.toFixed(0)} MiB resident`);
}

async function openStack(users: number) {
  if (users > 0) {
    const watched = await startWatchedStack(users);
    return { ...watched, users: watched.accounts };
  }
  const stack = await startStack();
  return {
    stack,
    users: stack.addresses.users,
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  };
}

function openWay(stack: Stack, users: readonly Pick<DemoUser, "address">[]) {
  const { smtp } = stack.addresses;
  const transport = createTransport({
    ...smtp,
    secure: false,
    ignoreTLS: true,
    pool: true,
    maxConnections: SMTP_CONNECTIONS,
    maxMessages: Infinity,
  });
  const stop = new AbortController();
  const receivedAtMs = new Map<string, number>();
  let repeated = 0;
  stack.sink.listen(({ body }) => {
    const token = /bench-[0-9a-f-]{36}/.exec(body)?.[0];
    if (!token) return;
    if (receivedAtMs.has(token)) repeated++;
    else receivedAtMs.set(token, performance.now());
  }, stop.signal);

  const sendOne = async (n: number) => {
    const token = `bench-${randomUUID()}`;
    const to = users[n % users.length]?.address;
    await transport.sendMail({ from: "bench@demo.test", to, subject: token, text: BODY });
    return { token, acceptedAtMs: performance.now() };
  };
  const { fleet, nats, postgres, mailServer } = stack.programs;
  const readCpu = () => ({
    fleet: readUsage(fleet.pid).cpuMs,
    nats: readUsage(nats.pid).cpuMs,
    postgres: readTreeUsage(postgres.pid).cpuMs,
    "mail server": readUsage(mailServer.pid).cpuMs,
    "sender and receiver": readUsage(process.pid).cpuMs,
  });

  return {
    async send(count: number, everyMs: number) {
      repeated = 0;
      const before = readCpu();
      const startMs = performance.now();
      const sending: ReturnType<typeof sendOne>[] = [];
      for (let n = 0; n < count; n++) {
        const waitMs = startMs + n * everyMs - performance.now();
        if (waitMs > 0) await delay(waitMs);
        sending.push(sendOne(n));
      }
      const sent = await Promise.all(sending);
      while (sent.some(({ token }) => !receivedAtMs.has(token))) await delay(5);
      const after = readCpu();
      const cpu = Object.entries(before)
        .map(([name, ms]) => {
          const used = after[name as keyof typeof after] - ms;
          return `${name} ${(used / count).toFixed(2)} ms`;
        })
        .join(", ");
      return {
        sent: count,
        repeated,
        latenciesMs: sent.map(
          ({ token, acceptedAtMs }) => (receivedAtMs.get(token) ?? NaN) - acceptedAtMs,
        ),
        tookMs: performance.now() - startMs,
        cpu,
        rssMib: readUsage(fleet.pid).rssMib,
      };
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      transport.close();
    },
  };
}
