import { repeat } from "../../shared/repeat.ts";
import { POKE_PARTNERS } from "../bus/subjects.ts";
import { listLanes, removeLane } from "./consumers.ts";
import { type LaneSettings, runLane } from "./lane.ts";
import type { MessageDeps } from "./message-handler.ts";
import type { PartnerDirectory } from "./partner-directory.ts";

export interface LanesDeps extends MessageDeps {
  partners: PartnerDirectory;
  /** Whether a partner's lane belongs to this instance, as of now. */
  ownsLane(partnerId: string): boolean;
}

export interface LanesSettings extends LaneSettings {
  /** How often partners are read again, though nobody said that they changed. */
  reconcileMs: number;
}

interface RunningLane {
  stop: AbortController;
  ended: Promise<void>;
}

/**
 * Keeps a lane running for each partner that is ours. Resolves after `signal` when all of them have
 * ended; never rejects.
 */
export async function runLanes(
  deps: LanesDeps,
  settings: LanesSettings,
  signal: AbortSignal,
): Promise<void> {
  const { bus, partners } = deps;
  const lanes = new Map<string, RunningLane>();
  const ending = new Set<Promise<void>>();
  let knowsLeftovers = false;

  function startLane(partnerId: string): void {
    const stop = new AbortController();
    const ended = runLane(deps, settings, partnerId, stop.signal);
    lanes.set(partnerId, { stop, ended });
    deps.log.info("lane.started", { partner_id: partnerId });
  }

  function stopLane(partnerId: string, { stop, ended }: RunningLane): void {
    stop.abort();
    lanes.delete(partnerId);
    ending.add(ended);
    void ended.finally(() => ending.delete(ended));
    deps.log.info("lane.stopped", { partner_id: partnerId });
  }

  /** Partners that were removed while nobody looked. Read before the partners: a new one is no leftover. */
  async function findLeftovers(): Promise<string[]> {
    return knowsLeftovers ? [] : listLanes(bus);
  }

  async function reconcile(): Promise<void> {
    const found = await findLeftovers();
    const removed = await partners.refresh();
    const leftovers = found.filter((partnerId) => partners.find(partnerId) === undefined);
    const wanted = new Set(partners.ids().filter(deps.ownsLane));
    for (const [partnerId, lane] of lanes) if (!wanted.has(partnerId)) stopLane(partnerId, lane);
    for (const partnerId of wanted) if (!lanes.has(partnerId)) startLane(partnerId);
    for (const partnerId of [...removed, ...leftovers]) await removeLane(bus, partnerId);
    knowsLeftovers = true;
  }

  const reconciling = repeat(deps, {
    name: "lanes",
    everyMs: settings.reconcileMs,
    work: reconcile,
  });
  bus.onPoke(POKE_PARTNERS, reconciling.wake, signal);
  await reconciling.run(signal);
  for (const [partnerId, lane] of lanes) stopLane(partnerId, lane);
  await Promise.all(ending);
}
