import { findRemovedPartners } from "../../../db/fleet/installation.ts";
import { repeat } from "../../../shared/concurrency/repeat.ts";
import { POKE_PARTNERS } from "../../bus/subjects.ts";
import type { LetterRoom } from "../../quota/letter-room.ts";
import { listLanes, removeLane } from "../../bus/consumers.ts";
import { createLane, type Lane, type LaneDeps, type LaneSettings } from "./lane.ts";
import { createLaneReports, type LaneReportsDeps } from "./lane-reports.ts";
import type { PartnerDirectory } from "./partner-directory.ts";

export interface LanesDeps
  extends Omit<LaneDeps, "onGuarded" | "letterRoom">, Omit<LaneReportsDeps, "letterRoom"> {
  letterRoom: LetterRoom;
  partners: PartnerDirectory;
  /** Whether a partner's lane belongs to this instance now. */
  ownsLane(partnerId: string): boolean;
  /** Calls `callback` whenever lanes may have new owners. */
  onOwnersChange?(callback: () => void): void;
}

export interface LanesSettings extends LaneSettings {
  /** How often partners are read again, in case no poke arrived. */
  reconcileMs: number;
  /**
   * How often the state and depth of each lane are read. Changes are written to the table `lanes`.
   */
  reportMs: number;
  instanceId: string;
}

interface RunningLane {
  lane: Lane;
  stop: AbortController;
  ended: Promise<void>;
}

/**
 * Runs a lane for each partner that this instance owns. Resolves when `signal` aborted and all
 * lanes have ended. Never rejects.
 */
export async function runLanes(
  deps: LanesDeps,
  settings: LanesSettings,
  signal: AbortSignal,
): Promise<void> {
  const { bus, partners } = deps;
  const running = new Map<string, RunningLane>();
  const ending = new Set<Promise<void>>();
  /** Removed partners whose lane may still exist. */
  const uncleared = new Set<string>();
  let knowsLeftovers = false;

  const reports = createLaneReports(
    deps,
    { instanceId: settings.instanceId, everyMs: settings.reportMs },
    () => new Map([...running].map(([partnerId, { lane }]) => [partnerId, lane])),
  );

  function startLane(partnerId: string): void {
    const stop = new AbortController();
    const laneDeps = { ...deps, onGuarded: reconciling.wake };
    const lane = createLane(laneDeps, settings, { partnerId, onChange: reports.wake });
    running.set(partnerId, { lane, stop, ended: lane.run(stop.signal) });
    deps.log.info("lane.started", { partner_id: partnerId });
  }

  function stopLane(partnerId: string, { stop, ended }: RunningLane): void {
    stop.abort();
    running.delete(partnerId);
    ending.add(ended);
    void ended.finally(() => ending.delete(ended));
    deps.log.info("lane.stopped", { partner_id: partnerId });
  }

  /**
   * Returns all lanes in NATS, among which `reconcile()` finds those without a partner. Such a lane
   * may be left over from a partner that was removed while no instance ran. Returns an empty list
   * once a round has dealt with them. Call this before reading the partners, so that a new partner
   * is not mistaken for a removed one.
   */
  async function findLeftovers(): Promise<string[]> {
    return knowsLeftovers ? [] : listLanes(bus);
  }

  /**
   * Removes the lanes of removed partners. A partner can be missing without having been removed:
   * the process may use another database, or an older copy. So this removes only lanes of partners
   * that the database lists as removed.
   */
  async function clearRemoved(missing: readonly string[], goesOn: () => void): Promise<void> {
    if (missing.length === 0) return;
    const removed = await findRemovedPartners(deps.db, missing);
    for (const partnerId of removed) {
      await removeLane(bus, partnerId);
      goesOn();
    }
    const unexplained = new Set(missing).difference(new Set(removed));
    for (const partnerId of unexplained) {
      deps.log.error("lane.unexplained", { partner_id: partnerId });
    }
  }

  function share(): void {
    const wanted = new Set(partners.ids().filter(deps.ownsLane));
    for (const [partnerId, lane] of running) if (!wanted.has(partnerId)) stopLane(partnerId, lane);
    for (const partnerId of wanted) if (!running.has(partnerId)) startLane(partnerId);
  }

  async function reconcile(_: AbortSignal, goesOn: () => void): Promise<void> {
    // Takes over the lanes of crashed instances first. This works even while PostgreSQL does not
    // answer.
    share();
    const found = await findLeftovers();
    const { changed, removed } = await partners.refresh();
    const leftovers = found.filter((partnerId) => partners.find(partnerId) === undefined);
    share();
    for (const partnerId of changed) {
      deps.log.info("partner.refreshed", { partner_id: partnerId });
      running.get(partnerId)?.lane.wake();
    }
    if (changed.length > 0) reports.wake();
    for (const partnerId of removed) uncleared.add(partnerId);
    for (const partnerId of leftovers) uncleared.add(partnerId);
    await clearRemoved([...uncleared], goesOn);
    uncleared.clear();
    knowsLeftovers = true;
  }

  const reconciling = repeat(deps, {
    name: "lanes",
    everyMs: settings.reconcileMs,
    work: reconcile,
  });
  bus.onPoke(POKE_PARTNERS, reconciling.wake, signal);
  deps.onOwnersChange?.(reconciling.wake);
  const reporting = reports.run(signal);
  await reconciling.run(signal);
  for (const [partnerId, lane] of running) stopLane(partnerId, lane);
  await Promise.all([reporting, ...ending]);
}
