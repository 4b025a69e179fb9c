import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deadLetters } from "../../db/deliveries/tables.ts";
import { inCheckout } from "../../dev/checkout.ts";
import { startFleet } from "../../dev/servers/fleet.ts";
import type { Program } from "../../dev/processes/program.ts";
import { askFleet } from "../../edge/commands/ask-fleet.ts";
import type { DeadLetterAnswer } from "../../shared/commands.ts";
import { startEndpoint } from "../harness/network/endpoint.ts";
import { eventually } from "../harness/eventually.ts";
import { type FleetStack, startFleetStack } from "../harness/stacks/fleet-stack.ts";
import { newWebhookUser, publishMail, type TestUser } from "../webhook/published-mail.ts";
import { SHORTENED } from "../faults/cluster.ts";
import { HOSTILE_MAILS } from "./hostile-mails.ts";

const ATTEMPTS = 3;
const MAX_STALL_MS = 200;
/**
 * The maximum latency of the other partner's webhooks. It is much shorter than the 30 s of CPU time
 * that parsing all hostile mails takes.
 */
const MAX_LATENCY_MS = 5_000;
const ALL_READ_TIMEOUT_MS = 240_000;

let stack: FleetStack;
let fleet: Program;
beforeAll(async () => {
  stack = await startFleetStack();
  const env = {
    ...SHORTENED,
    ROLE: "webhook",
    RETRY_SCHEDULE: "0.2,0.5",
    BREAKER_OPEN: "0.1",
    BREAKER_MAX_OPEN: "0.1",
    BUN_OPTIONS: `--preload=${inCheckout("test", "load", "loop-probe.ts")}`,
    LOOP_PROBE_FILE: probeFile(),
  };
  fleet = await startFleet(stack.context, { runtime: "bun", name: "a", env });
});
afterAll(async () => {
  await fleet?.stop("SIGKILL");
  await stack?.[Symbol.asyncDispose]();
});

const probeFile = () => join(stack.context.folder.logs, "loop-probe");

async function newUserAt(url: string): Promise<TestUser> {
  const partner = await stack.newPartner({ newMailWebhook: url, payloadFormat: "parsed" });
  stack.bus.poke("ctl.partners", {});
  return newWebhookUser(stack, partner);
}

const awaitLetter = (eventId: string) =>
  eventually(
    `the letter of ${eventId}`,
    async () =>
      (await stack.db.select().from(deadLetters).where(eq(deadLetters.eventId, eventId)))[0],
    ALL_READ_TIMEOUT_MS,
  );

async function readLetter({ partner }: TestUser, eventId: string): Promise<DeadLetterAnswer> {
  const { db, vaults } = stack;
  const asked = await askFleet(
    { db, mailboxSealer: vaults.mailbox, partnerVault: vaults.partner },
    { kind: "read_dead_letter", partner_id: partner.id, event_id: eventId, as: "text" },
    AbortSignal.timeout(60_000),
  );
  if (asked.outcome !== "answered") throw new Error(asked.outcome);
  return JSON.parse(asked.answer);
}

test(
  "mails that were made to keep a parser busy hold up nothing, delivered or read as dead letters",
  { timeout: 480_000 },
  async () => {
    await using refusing = await startEndpoint(() => ({ status: 500 }));
    await using taking = await startEndpoint();
    const victim = await newUserAt(refusing.url);
    const neighbour = await newUserAt(taking.url);

    // Deletes what was measured so far, so that the time does not count for which the fleet's start
    // blocked the event loop.
    await rm(probeFile(), { force: true });
    const publishedAtMs = new Map<string, number>();
    const stop = new AbortController();
    const steadily = (async () => {
      while (!stop.signal.aborted) {
        const startedMs = Date.now();
        const { id } = await publishMail(stack, neighbour);
        publishedAtMs.set(id, startedMs);
        await delay(200);
      }
    })();

    const ids: string[] = [];
    for (const [, mail] of HOSTILE_MAILS) {
      ids.push((await publishMail(stack, victim, Buffer.from(mail, "latin1"))).id);
    }
    for (const id of ids) await awaitLetter(id);
    const answers: DeadLetterAnswer[] = [];
    for (const id of ids) answers.push(await readLetter(victim, id));
    stop.abort();
    await steadily;
    const hasCome = () => taking.posted.length >= publishedAtMs.size || undefined;
    await eventually("the neighbour's webhooks", hasCome);

    // All attempts of an event must have the same body (except timestamp and signature).
    const bodies = new Map<string, Set<string>>();
    for (const { headers, body } of refusing.posted) {
      const id = String(headers["webhook-id"]);
      const { timestamp: _, signature: __, ...lasting } = JSON.parse(body);
      bodies.set(id, (bodies.get(id) ?? new Set()).add(JSON.stringify(lasting)));
    }
    expect(refusing.posted).toHaveLength(ATTEMPTS * HOSTILE_MAILS.length);
    expect([...bodies.values()].map(({ size }) => size)).toEqual(HOSTILE_MAILS.map(() => 1));
    const unread = answers.flatMap((answer) => (answer.result === "none" ? [answer.reason] : []));
    expect(new Set(unread)).toEqual(new Set(["the mail cannot be parsed: download it instead"]));
    expect(unread.length).toBeLessThan(HOSTILE_MAILS.length / 2);

    const latencies = taking.posted.map(
      ({ headers, atMs }) => atMs - (publishedAtMs.get(String(headers["webhook-id"])) ?? 0),
    );
    const stallMs = Number(await readFile(probeFile(), "utf8").catch(() => "0"));
    expect(Math.max(...latencies)).toBeLessThan(MAX_LATENCY_MS);
    expect(stallMs).toBeLessThan(MAX_STALL_MS);
  },
);
