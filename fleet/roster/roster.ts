import type { KvEntry, KvWatchEntry } from "@nats-io/kv";
import * as v from "valibot";
import type { Db } from "../../db/client.ts";
import { mirrorHeartbeats } from "../../db/fleet-instances.ts";
import type { Clock } from "../../shared/clock.ts";
import { messageOf } from "../../shared/errors.ts";
import type { Log } from "../../shared/log.ts";
import { repeat } from "../../shared/repeat.ts";
import type { Bus } from "../bus/bus.ts";
import {
  heartbeat,
  type Heartbeat,
  heartbeatKey,
  instanceOf,
  liveInstances,
  type StoredHeartbeat,
} from "./heartbeat.ts";

export interface RosterDeps {
  bus: Bus;
  db: Db;
  clock: Clock;
  log: Log;
}

export interface RosterSettings {
  instanceId: string;
  intervalMs: number;
  ttlMs: number;
}

/** Who is in the fleet, as this instance sees it. */
export interface Roster {
  /** Live instances by id; empty before the first own heartbeat. */
  live(): readonly StoredHeartbeat[];
  /** Calls back whenever an instance came, went, or changed its role, state or capacity. */
  onChange(callback: () => void): void;
  /**
   * Beats, watches and sweeps until `signal` aborts, then takes its own heartbeat away.
   *
   * @param own What this instance says of itself now.
   */
  run(own: () => Heartbeat, signal: AbortSignal): Promise<void>;
}

const NODES = "node.>";
const WATCH_PAUSE_MS = 1_000;

export function createRoster(deps: RosterDeps, settings: RosterSettings): Roster {
  const { bus, db, log } = deps;
  const ownKey = heartbeatKey(settings.instanceId);
  const stored = new Map<string, StoredHeartbeat>();
  const callbacks: (() => void)[] = [];
  let live: readonly StoredHeartbeat[] = [];

  const take = (entry: KvEntry | KvWatchEntry) => {
    const said = entry.operation === "PUT" ? parseHeartbeat(entry.string()) : null;
    const instanceId = instanceOf(entry.key);
    if (said) {
      stored.set(instanceId, { instanceId, createdMs: entry.created.getTime(), heartbeat: said });
    } else {
      stored.delete(instanceId);
    }
  };

  const judge = () => {
    const before = membershipOf(live);
    live = liveInstances(stored.values(), settings.instanceId, settings.ttlMs);
    if (membershipOf(live) !== before) for (const callback of callbacks) callback();
  };

  const beat = async (own: Heartbeat) => {
    try {
      await bus.fleet.put(ownKey, JSON.stringify(own));
      await readAll(bus, stored, take);
    } catch (error) {
      await bus.repair().catch(() => {});
      throw error;
    }
    judge();
    await mirrorHeartbeats(db, live).catch((error: unknown) =>
      log.warn("roster.not_mirrored", { error: messageOf(error) }),
    );
  };

  /** Tells at once who came or left; who fell silent is found at the next beat. */
  const watch = async (signal: AbortSignal) => {
    const entries = await bus.fleet.watch({ key: NODES });
    const stop = () => entries.stop();
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    for await (const entry of entries) {
      take(entry);
      judge();
    }
    signal.removeEventListener("abort", stop);
  };

  return {
    live: () => live,
    onChange: (callback) => void callbacks.push(callback),
    async run(own, signal) {
      const { intervalMs } = settings;
      const beats = repeat(deps, {
        name: "heartbeat",
        everyMs: intervalMs,
        work: () => beat(own()),
      });
      const watches = repeat(deps, { name: "roster_watch", everyMs: WATCH_PAUSE_MS, work: watch });
      await Promise.all([beats.run(signal), watches.run(signal)]);
      await bus.fleet
        .delete(ownKey)
        .catch((error: unknown) => log.warn("heartbeat.not_removed", { error: messageOf(error) }));
    },
  };
}

/** A key that expired sends no event: what is no longer there is forgotten here. */
async function readAll(
  bus: Bus,
  stored: Map<string, StoredHeartbeat>,
  take: (entry: KvEntry) => void,
): Promise<void> {
  const keys: string[] = [];
  for await (const key of await bus.fleet.keys(NODES)) keys.push(key);
  for (const key of keys) {
    const entry = await bus.fleet.get(key);
    if (entry) take(entry);
  }
  const found = new Set(keys.map(instanceOf));
  for (const instanceId of stored.keys()) if (!found.has(instanceId)) stored.delete(instanceId);
}

function parseHeartbeat(text: string): Heartbeat | null {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), heartbeat), text);
  return parsed.success ? parsed.output : null;
}

/** All that the assignment depends on. */
const membershipOf = (live: readonly StoredHeartbeat[]) =>
  JSON.stringify(
    live.map(({ instanceId, heartbeat: { role, state, capacity } }) => [
      instanceId,
      role,
      state,
      capacity,
    ]),
  );
