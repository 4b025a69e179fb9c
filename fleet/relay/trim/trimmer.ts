import type { Db } from "../../../db/client.ts";
import { listPartnerIds } from "../../../db/partners/partners.ts";
import type { Clock } from "../../../shared/clock.ts";
import type { Log } from "../../../shared/log.ts";
import { repeat, type Repetition } from "../../../shared/concurrency/repeat.ts";
import { ackFloorOf } from "../../bus/ack-floor.ts";
import type { Bus } from "../../bus/bus.ts";
import {
  ATTEMPTS,
  ATTEMPTS_CONSUMER,
  EVENTS,
  laneFilter,
  STREAM_SUBJECTS,
} from "../../bus/subjects.ts";
import { type Lane, measureLanes, oldestUndelivered } from "../../bus/lane-depths.ts";
import { type Need, planTrim } from "./plan-trim.ts";
import { sequenceAt } from "./sequence-at.ts";

export interface TrimmerDeps {
  bus: Bus;
  db: Db;
  clock: Clock;
  log: Log;
  /** Whether a partner's lane belongs to this instance, as of now. */
  ownsLane(partnerId: string): boolean;
}

export interface TrimmerSettings {
  intervalMs: number;
  /** What is younger stays: its ids keep a second publication out. */
  ageMs: number;
  /** Above this share of its size EVENTS is filling, and what a lagging lane keeps is trimmed around it. */
  fillingShare: number;
}

/** Above this share of its size ATTEMPTS forgets numbers: an event may then be tried more often, and no delivery stops. */
const CROWDED_SHARE = 0.5;

/**
 * Deletes events that their lanes have acknowledged, and attempts that are written and that no event
 * needs for its number, so that healthy traffic never fills a stream. May run on several instances.
 */
export function createTrimmer(deps: TrimmerDeps, settings: TrimmerSettings): Repetition {
  /** Up to where a lane was trimmed by itself: to do it again gains nothing, and puts off its retries. */
  const trimmed = new Map<string, number>();
  const work = async (_: AbortSignal, goesOn: () => void) => {
    const { bus, db } = deps;
    // Asked before the lanes: what is stored later is none of this round's business.
    const events = await stretchOf(bus, EVENTS);
    const attempts = await stretchOf(bus, ATTEMPTS);
    const written = await ackFloorOf(bus, ATTEMPTS, ATTEMPTS_CONSUMER);
    const lanes = await measureLanes(bus);
    const partnerIds = await listPartnerIds(db);
    await trimEvents(deps, settings, events, { needs: eventNeedsOf(lanes, partnerIds), trimmed });
    const unwrittenFrom = Math.min(attempts.end, written + 1);
    goesOn();
    await trimAttempts({ ...deps, goesOn }, settings, { ...attempts, end: unwrittenFrom }, lanes);
  };
  return repeat(deps, { name: "trimmer", everyMs: settings.intervalMs, work });
}

type TrimmedStretch = Awaited<ReturnType<typeof stretchOf>>;

async function stretchOf(bus: Bus, stream: keyof typeof STREAM_SUBJECTS) {
  const { state, config } = await bus.jsm.streams.info(stream);
  const { first_seq: first, last_seq, bytes } = state;
  return {
    stream,
    subject: STREAM_SUBJECTS[stream],
    first,
    end: last_seq + 1,
    share: bytes / config.max_bytes,
  };
}

/** A partner whose lane has never run needs all that there is of its own. */
function eventNeedsOf(lanes: readonly Lane[], partnerIds: readonly string[]): Need[] {
  const laneIds = new Set(lanes.map(({ partnerId }) => partnerId));
  const without = partnerIds.filter((partnerId) => !laneIds.has(partnerId));
  return [
    ...lanes.map((lane) => ({
      partnerId: lane.partnerId,
      from: isIdle(lane) ? Infinity : lane.ackFloor + 1,
    })),
    ...without.map((partnerId) => ({ partnerId, from: 0 })),
  ];
}

const isIdle = ({ pending, unacknowledged }: Lane) => pending + unacknowledged === 0;

async function trimEvents(
  deps: TrimmerDeps,
  { ageMs, fillingShare }: TrimmerSettings,
  events: TrimmedStretch,
  { needs, trimmed }: { needs: readonly Need[]; trimmed: Map<string, number> },
): Promise<void> {
  const { bus, clock } = deps;
  const cutoff = await sequenceAt(bus, events, clock.now() - ageMs);
  const isFilling = events.share > fillingShare;
  const { allBelow, ofPartners } = planTrim(needs, { cutoff, isFilling });
  await purge(deps, events, allBelow);
  for (const { partnerId, below } of ofPartners) {
    if (!deps.ownsLane(partnerId) || below <= (trimmed.get(partnerId) ?? 0)) continue;
    await purge(deps, events, below, laneFilter(partnerId));
    trimmed.set(partnerId, below);
  }
}

/**
 * All partners' at once only: a purge of some subjects may make a consumer of more than these skip what
 * it has not acknowledged (see deleteMessages()), and the attempts have one consumer for all.
 */
async function trimAttempts(
  deps: TrimmerDeps & { goesOn(): void },
  { ageMs }: TrimmerSettings,
  attempts: TrimmedStretch,
  lanes: readonly Lane[],
): Promise<void> {
  const { bus, clock } = deps;
  const cutoff = await sequenceAt(bus, attempts, clock.now() - ageMs);
  const isCrowded = attempts.share > CROWDED_SHARE;
  const needs = isCrowded ? [] : await attemptNeedsOf(deps, attempts, lanes);
  await purge(deps, attempts, planTrim(needs, { cutoff, isFilling: false }).allBelow);
}

/**
 * The number of its next attempt is told to an event by its last one, which is younger than the event
 * itself.
 */
async function attemptNeedsOf(
  { bus, goesOn }: { bus: Bus; goesOn(): void },
  attempts: TrimmedStretch,
  lanes: readonly Lane[],
): Promise<Need[]> {
  const needs: Need[] = [];
  for (const lane of lanes) {
    goesOn();
    const sinceMs = isIdle(lane) ? null : await oldestUndelivered(bus, [lane]);
    const from = sinceMs === null ? Infinity : await sequenceAt(bus, attempts, sinceMs);
    needs.push({ partnerId: lane.partnerId, from });
  }
  return needs;
}

async function purge(
  { bus, clock, log }: TrimmerDeps,
  { stream, first }: TrimmedStretch,
  below: number,
  filter?: string,
): Promise<void> {
  // A number below 2 is none to the server, and it would delete everything.
  if (below <= first || below < 2) return;
  const startedMs = clock.now();
  const what = { seq: below, ...(filter !== undefined && { filter }) };
  const { purged: deleted } = await bus.jsm.streams.purge(stream, what);
  if (deleted === 0) return;
  log.info("stream.trimmed", { stream, filter, deleted, duration_ms: clock.now() - startedMs });
}
