import { findRemovedPartners } from "../../../db/fleet/installation.ts";
import { repeat, type Repetition } from "../../../shared/concurrency/repeat.ts";
import { POKE_PARTNERS } from "../../bus/subjects.ts";
import type { LetterQuota } from "../../quota/letter-quota.ts";
import { listLanes, removeLane } from "../../bus/consumers.ts";
import { Lane, type LaneDeps, type LaneSettings } from "./lane.ts";
import { createLaneReports, type LaneReportsDeps } from "./lane-reports.ts";
import type { PartnerDirectory } from "./partner-directory.ts";

export interface LanesDeps
  extends Omit<LaneDeps, "onGuarded" | "letterQuota">, Omit<LaneReportsDeps, "letterQuota"> {
  letterQuota: LetterQuota;
  partners: PartnerDirectory;
  /** Whether a partner's lane belongs to this instance now. */
  ownsLane(partnerId: string): boolean;
  /** Calls `callback` whenever lanes may have new owners. */
  onOwnersChange?(callback: () => void): void;
}

export interface LanesSettings extends LaneSettings {
  /** How often partners are read again, in case no poke arrived. */
  reconcileMs: number;
  /** How often the state and depth of each lane are read. Changes go to the table `lanes`. */
  reportMs: number;
  instanceId: string;
}

interface RunningLane {
  lane: Lane;
  stop: AbortController;
  ended: Promise<void>;
}

/**
 * Runs the lanes of this instance. Resolves when `signal` has aborted and all lanes have ended.
 * Never rejects.
 */
export const runLanes = (
  deps: LanesDeps,
  settings: LanesSettings,
  signal: AbortSignal,
): Promise<void> => new Lanes(deps, settings).run(signal);

class Lanes {
  readonly #deps: LanesDeps;
  readonly #settings: LanesSettings;
  readonly #reconciling: Repetition;
  readonly #reports: Repetition;
  readonly #running = new Map<string, RunningLane>();
  /** The lanes that were stopped but have not ended yet. */
  readonly #ending = new Set<Promise<void>>();
  /** Partners that are no longer in the database, but whose lane may still exist in NATS. */
  readonly #uncleared = new Set<string>();
  #knowsLeftovers = false;

  constructor(deps: LanesDeps, settings: LanesSettings) {
    this.#deps = deps;
    this.#settings = settings;
    this.#reconciling = repeat(deps, {
      name: "lanes",
      everyMs: settings.reconcileMs,
      work: (_, goesOn) => this.#reconcile(goesOn),
    });
    this.#reports = createLaneReports(
      deps,
      { instanceId: settings.instanceId, everyMs: settings.reportMs },
      () => new Map([...this.#running].map(([partnerId, { lane }]) => [partnerId, lane])),
    );
  }

  async run(signal: AbortSignal): Promise<void> {
    this.#deps.bus.onPoke(POKE_PARTNERS, this.#reconciling.wake, signal);
    this.#deps.onOwnersChange?.(this.#reconciling.wake);
    const reporting = this.#reports.run(signal);
    await this.#reconciling.run(signal);
    for (const [partnerId, lane] of this.#running) this.#stop(partnerId, lane);
    await Promise.all([reporting, ...this.#ending]);
  }

  async #reconcile(goesOn: () => void): Promise<void> {
    const { log, partners } = this.#deps;
    // Takes over the lanes of crashed instances first. This needs no answer of PostgreSQL.
    this.#share();
    const found = await this.#findLeftovers();
    const { changed, removed } = await partners.refresh();
    const leftovers = found.filter((partnerId) => partners.find(partnerId) === undefined);
    this.#share();
    for (const partnerId of changed) {
      log.info("partner.refreshed", { partner_id: partnerId });
      this.#running.get(partnerId)?.lane.wake();
    }
    if (changed.length > 0) this.#reports.wake();
    for (const partnerId of [...removed, ...leftovers]) this.#uncleared.add(partnerId);
    await this.#clearRemoved(goesOn);
    this.#knowsLeftovers = true;
  }

  /** Starts and stops lanes, so that those of this instance run, and no others. */
  #share(): void {
    const { ownsLane, partners } = this.#deps;
    const wanted = new Set(partners.ids().filter((partnerId) => ownsLane(partnerId)));
    for (const [partnerId, lane] of this.#running)
      if (!wanted.has(partnerId)) this.#stop(partnerId, lane);
    for (const partnerId of wanted) if (!this.#running.has(partnerId)) this.#start(partnerId);
  }

  #start(partnerId: string): void {
    const stop = new AbortController();
    const deps = { ...this.#deps, onGuarded: this.#reconciling.wake };
    const lane = new Lane(deps, this.#settings, { partnerId, onChange: this.#reports.wake });
    this.#running.set(partnerId, { lane, stop, ended: lane.run(stop.signal) });
    this.#deps.log.info("lane.started", { partner_id: partnerId });
  }

  #stop(partnerId: string, { stop, ended }: RunningLane): void {
    stop.abort();
    this.#running.delete(partnerId);
    this.#ending.add(ended);
    void ended.finally(() => this.#ending.delete(ended));
    this.#deps.log.info("lane.stopped", { partner_id: partnerId });
  }

  /**
   * Returns all lanes in NATS. `#reconcile()` searches them for partners that were removed while no
   * instance ran. Returns an empty list after the first complete round. Must run before the
   * partners are read: otherwise a new partner looks like a removed one.
   */
  async #findLeftovers(): Promise<string[]> {
    return this.#knowsLeftovers ? [] : listLanes(this.#deps.bus);
  }

  /**
   * Removes the lanes of partners that the database lists as removed. A partner may also be missing
   * because the process uses another database, or an older copy.
   */
  async #clearRemoved(goesOn: () => void): Promise<void> {
    if (this.#uncleared.size === 0) return;
    const { bus, db, log } = this.#deps;
    const removed = await findRemovedPartners(db, [...this.#uncleared]);
    for (const partnerId of removed) {
      await removeLane(bus, partnerId);
      goesOn();
    }
    const unexplained = this.#uncleared.difference(new Set(removed));
    for (const partnerId of unexplained) log.error("lane.unexplained", { partner_id: partnerId });
    this.#uncleared.clear();
  }
}
