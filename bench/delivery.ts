import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { createTransport } from "nodemailer";
import { type Stack, startStack } from "../dev/stack/stack.ts";
import { machine, readUsage, spread } from "./figures.ts";

const WARM_UP = 100;
const RATE_PER_S = 50;
const STEADY = 1_000;
const BURST = 2_000;
const BODY = "x".repeat(5_000);

/**
 * Measures the delivery from end to end: an SMTP server accepts a mail of 5 kB, and the fleet sees
 * it over IMAP, fetches it, publishes it and calls the webhook. Everything runs on this machine.
 * The first figure is the latency at a steady rate, the second the throughput of a burst.
 */
export async function benchDelivery(): Promise<void> {
  await using stack = await startStack();
  await using way = openWay(stack);
  await way.send(WARM_UP, 0);
  const steady = await way.send(STEADY, 1_000 / RATE_PER_S);
  const burst = await way.send(BURST, 0);
  console.log(
    `delivery, on ${machine()}: fleet (Bun), nats-server, Postgres, IMAP server and receiver on it`,
  );
  console.log(
    `  accepted → webhook received, ${STEADY} mails at ${RATE_PER_S}/s: ${spread(steady.latenciesMs)}`,
  );
  console.log(
    `  a burst of ${BURST} mails: ${Math.round(BURST / (burst.tookMs / 1_000))} mails/s all the way`,
  );
  console.log(
    `  fleet: ${(burst.cpuMs / BURST).toFixed(2)} ms of CPU a mail, ${burst.rssMib.toFixed(0)} MiB resident`,
  );
}

function openWay(stack: Stack) {
  const { smtp, users } = stack.addresses;
  const transport = createTransport({
    ...smtp,
    secure: false,
    ignoreTLS: true,
    pool: true,
    maxMessages: Infinity,
  });
  const stop = new AbortController();
  const receivedAtMs = new Map<string, number>();
  stack.sink.listen(({ body }) => {
    const token = /bench-[0-9a-f-]{36}/.exec(body)?.[0];
    if (token) receivedAtMs.set(token, performance.now());
  }, stop.signal);

  const sendOne = async (n: number) => {
    const token = `bench-${randomUUID()}`;
    const to = users[n % users.length]?.address;
    await transport.sendMail({ from: "bench@demo.test", to, subject: token, text: BODY });
    return { token, acceptedAtMs: performance.now() };
  };

  return {
    async send(count: number, everyMs: number) {
      const before = readUsage(stack.programs.fleet.pid);
      const startMs = performance.now();
      const sending: ReturnType<typeof sendOne>[] = [];
      for (let n = 0; n < count; n++) {
        await delay(Math.max(startMs + n * everyMs - performance.now(), 0));
        sending.push(sendOne(n));
      }
      const sent = await Promise.all(sending);
      while (sent.some(({ token }) => !receivedAtMs.has(token))) await delay(5);
      const after = readUsage(stack.programs.fleet.pid);
      return {
        latenciesMs: sent.map(
          ({ token, acceptedAtMs }) => (receivedAtMs.get(token) ?? NaN) - acceptedAtMs,
        ),
        tookMs: performance.now() - startMs,
        cpuMs: after.cpuMs - before.cpuMs,
        rssMib: after.rssMib,
      };
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      transport.close();
    },
  };
}
