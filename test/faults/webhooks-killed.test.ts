import { eq, sql } from "drizzle-orm";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Program } from "../../dev/processes/program.ts";
import { startFleet } from "../../dev/servers/fleet.ts";
import { resumeLane } from "../../db/deliveries/lane-pauses.ts";
import { deadLetters } from "../../db/deliveries/tables.ts";
import { partners } from "../../db/partners/tables.ts";
import { DEAD } from "../../fleet/bus/subjects.ts";
import { eventually } from "../harness/eventually.ts";
import { type FleetStack, startFleetStack } from "../harness/stacks/fleet-stack.ts";
import { SHORTENED } from "./cluster.ts";
import { addWebhookPartner, type WebhookPartner } from "./webhook-partners.ts";

/** The number of events for each kind of partner. The total is 6,000. */
const SHARES = {
  healthy: 1_340,
  other: 1_340,
  slow: 1_000,
  flaky: 1_300,
  forbidden: 800,
  dead: 220,
};
/**
 * The number of portions in which the events are published. All portions together take 22 s. In
 * this time, instances are killed six times.
 */
const PORTIONS = 20;
const PORTION_MS = 1_100;
const KILL_EVERY_MS = 3_500;
const ATTEMPTS = 3;
const MAX_REPEATED_SHARE = 0.02;
/** The time limit until all events have ended. It is long because the machine may be busy. */
const ALL_ENDED_TIMEOUT_MS = 120_000;

const SETTINGS = {
  ...SHORTENED,
  ROLE: "webhook",
  RETRY_SCHEDULE: "0.2,0.5",
  // While the circuit breaker is open, only probes (single attempts) run. With ten probes per
  // second, all events of a dead endpoint become dead letters within a minute.
  BREAKER_OPEN: "0.1",
  BREAKER_MAX_OPEN: "0.1",
};

let stack: FleetStack;
const instances: Program[] = [];
beforeAll(async () => {
  stack = await startFleetStack();
  for (const name of ["a", "b"]) {
    instances.push(await startFleet(stack.context, { runtime: "bun", name, env: SETTINGS }));
  }
});
afterAll(async () => {
  for (const instance of instances) await instance.stop("SIGKILL");
  await stack?.[Symbol.asyncDispose]();
});

async function killInTurn(signal: AbortSignal): Promise<number> {
  let kills = 0;
  for (; !signal.aborted; kills++) {
    await delay(KILL_EVERY_MS, undefined, { signal }).catch(() => undefined);
    await instances[kills % instances.length]?.restart("SIGKILL");
  }
  return kills;
}

/**
 * Returns the ids of the events in the stream DEAD. An id that is stored twice is returned twice.
 */
async function buried(): Promise<string[]> {
  const { state } = await stack.bus.jsm.streams.info(DEAD);
  if (state.messages === 0) return [];
  const consumer = await stack.bus.js.consumers.get(DEAD, {});
  const ids: string[] = [];
  for await (const message of await consumer.fetch({ max_messages: state.messages })) {
    ids.push(message.json<{ event: { id: string } }>().event.id);
  }
  return ids;
}

async function untilEnded(count: number): Promise<void> {
  const isEnded = async () => {
    const { rows } = await stack.db.execute<{ ended: number }>(
      sql`select count(*)::int as ended from mail_logs where state in ('delivered', 'dead')`,
    );
    return rows[0]?.ended === count ? true : undefined;
  };
  await eventually(`${count} events to end`, isEnded, ALL_ENDED_TIMEOUT_MS);
}

const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, one) => total + one, 0);

test(
  "instances killed again and again lose no event, bury each dead one once, and repeat few",
  { timeout: 240_000 },
  async () => {
    let isHealed = false;
    await using opened = new AsyncDisposableStack();
    const add = async (behaviour: Parameters<typeof addWebhookPartner>[1]) =>
      opened.use(await addWebhookPartner(stack, behaviour));
    const all: Record<keyof typeof SHARES, WebhookPartner> = {
      healthy: await add({ chooseAnswer: () => ({ status: 200 }) }),
      other: await add({ chooseAnswer: () => ({ status: 200 }) }),
      slow: await add({ chooseAnswer: () => ({ status: 200, delayMs: 150 }) }),
      flaky: await add({ chooseAnswer: (n) => ({ status: n % 10 < 3 ? 503 : 200 }) }),
      forbidden: await add({ users: 100, chooseAnswer: () => ({ status: isHealed ? 200 : 403 }) }),
      dead: await add({ chooseAnswer: () => ({ status: 500 }) }),
    };
    const names = Object.keys(SHARES) as (keyof typeof SHARES)[];
    const stop = new AbortController();
    const killing = killInTurn(stop.signal);
    for (let portion = 0; portion < PORTIONS; portion++) {
      const pause = delay(PORTION_MS);
      await Promise.all(names.map((name) => all[name].publish(SHARES[name] / PORTIONS)));
      await pause;
    }
    stop.abort();
    const kills = await killing;

    const isForbidden = eq(partners.id, all.forbidden.id);
    const [paused] = await stack.db.select().from(partners).where(isForbidden);
    expect(paused?.pausedReason).toBe("forbidden");
    isHealed = true;
    await resumeLane(stack.db, all.forbidden.id, { reason: "forbidden", actor: "partner" });
    await untilEnded(sum(Object.values(SHARES)));

    const letters = await stack.db.select().from(deadLetters);
    const letterIds = letters.map(({ eventId }) => eventId).toSorted();
    expect((await buried()).toSorted()).toEqual(letterIds);
    expect(letters.map(({ attempts }) => attempts)).toEqual(letters.map(() => ATTEMPTS));
    expect(letters.filter(({ partnerId }) => partnerId === all.dead.id)).toHaveLength(SHARES.dead);

    const { rows } = await stack.db.execute<{ event_id: string }>(
      sql`select event_id from mail_logs where reason = 'user_archived'`,
    );
    const ended = new Set([...letterIds, ...rows.map(({ event_id }) => event_id)]);
    const partnersList = Object.values(all);
    const lost = partnersList.flatMap(({ published, taken }) =>
      [...published].filter((id) => !taken.has(id) && !ended.has(id)),
    );
    const repeats = sum(
      partnersList.flatMap(({ taken }) => [...taken.values()].map((times) => times - 1)),
    );
    const failures = {
      dead: all.dead.answers.get(500),
      flaky: all.flaky.answers.get(503),
      forbidden: all.forbidden.answers.get(403),
      slow: all.slow.answers.get(200),
    };
    console.log(
      `${kills} kills, ${JSON.stringify(failures)}: 0 of 6000 lost, ${letterIds.length} dead letters, ${repeats} came again`,
    );
    expect(lost).toEqual([]);
    expect(kills).toBeGreaterThan(3);
    for (const count of Object.values(failures)) expect(count).toBeGreaterThan(0);
    expect(repeats).toBeLessThanOrEqual(6_000 * MAX_REPEATED_SHARE);
    for (const { bodies } of partnersList) {
      expect([...bodies.values()].filter(({ size }) => size > 1)).toEqual([]);
    }
  },
);
