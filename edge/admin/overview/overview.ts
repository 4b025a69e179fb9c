import { createFactory } from "hono/factory";
import type { Db } from "../../../db/client.ts";
import {
  countWaitingLetters,
  findOldestUndelivered,
  type Instance,
  readInstances,
  readSetup,
} from "../../../db/admin/overview.ts";
import { measureRecent } from "../../../db/admin/recent-latency.ts";
import { readTraffic } from "../../../db/admin/traffic-minutes.ts";
import type { InstanceState } from "../../../shared/health/health-facts.ts";
import type { AppEnv } from "../../app-env.ts";
import { readHealth } from "../health/read-health.ts";
import { lastHour } from "./minutes.ts";
import { countByState } from "./user-counts.ts";

const factory = createFactory<AppEnv, "/overview">();

/**
 * Returns the state of the installation. While the overview page is open, the page sends this
 * request every few seconds.
 */
export const getOverview = factory.createHandlers(async (c) => {
  const { db } = c.var;
  const { facts, shown } = await readHealth(db);
  const states = new Map(facts.instances.map(({ id, state }) => [id, state]));
  const instances = (await readInstances(db)).flatMap((one) => showInstance(one, states));
  const users = countByState(facts, instances);
  return c.json(
    {
      ...shown,
      instances,
      users,
      setup: await readSetup(db),
      dead_letters_waiting: await countWaitingLetters(db),
      ...(await showTraffic(db)),
    },
    200,
  );
});

async function showTraffic(db: Db) {
  const nowMs = Date.now();
  const oldest = await findOldestUndelivered(db, nowMs);
  const { way, answer } = await measureRecent(db, nowMs);
  return {
    minutes: lastHour(await readTraffic(db, nowMs), nowMs),
    /**
     * The percentiles of the time from recording a mail to its webhook's success, for attempts of
     * the last 15 minutes. If there were very many attempts, only the newest are measured.
     */
    latency_ms: way,
    /**
     * The percentiles of the endpoints' response times, for the same attempts as `latency_ms`.
     * Attempts that failed or timed out are included.
     */
    answer_ms: answer,
    oldest_undelivered: oldest
      ? {
          at: oldest.at.toISOString(),
          partner_id: oldest.partnerId,
          partner_name: oldest.partnerName,
        }
      : null,
  };
}

function showInstance(instance: Instance, states: ReadonlyMap<string, InstanceState>) {
  const state = states.get(instance.id);
  if (state === undefined) return [];
  const { id, role, region, version, capacity } = instance;
  return [
    {
      ...{ id, role, state, region, version, capacity },
      nats_version: instance.natsVersion,
      users_held: instance.usersHeld,
      heartbeat_age_s: Math.round(instance.heartbeatAgeS),
    },
  ];
}
