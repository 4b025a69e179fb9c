import type { Db } from "../../../db/client.ts";
import { listPartnerIds } from "../../../db/partners/partners.ts";
import type { Clock } from "../../../shared/clock.ts";
import type { Log } from "../../../shared/log.ts";
import { repeat, type Repetition } from "../../../shared/concurrency/repeat.ts";
import { readAckFloor } from "../../bus/ack-floor.ts";
import type { Bus } from "../../bus/bus.ts";
import {
  ATTEMPTS,
  ATTEMPTS_CONSUMER,
  EVENTS,
  laneFilter,
  STREAM_SUBJECTS,
} from "../../bus/subjects.ts";
import { type LaneDepth, measureLanes, oldestUndelivered } from "../../bus/lane-depths.ts";
import { type Need, planTrim } from "./plan-trim.ts";
import { sequenceAt } from "./sequence-at.ts";

export interface TrimmerDeps {
  bus: Bus;
  db: Db;
  clock: Clock;
  log: Log;
  /** Whether a partner's lane belongs to this instance now. */
  ownsLane(partnerId: string): boolean;
}

export interface TrimmerSettings {
  intervalMs: number;
  /**
   * Only messages older than this are deleted. NATS recognizes a second publication by the ids of
   * younger messages.
   */
  ageMs: number;
  /**
   * A share of the maximum size of EVENTS. Above it, EVENTS is trimmed lane by lane. A lane that
   * lags behind then no longer keeps the acknowledged events of others.
   */
  fillingShare: number;
}

/**
 * A share of the maximum size of ATTEMPTS. Above it, even the last attempts of waiting events are
 * deleted, because a full ATTEMPTS would stop deliveries. Without its last attempt, an event may be
 * attempted more often than planned.
 */
const CROWDED_SHARE = 0.5;

/**
 * Deletes acknowledged events. Deletes attempts that are written to PostgreSQL and that no waiting
 * event needs. May run on several instances at once.
 */
export function createTrimmer(deps: TrimmerDeps, settings: TrimmerSettings): Repetition {
  /**
   * For each partner, the sequence below which its lane was already trimmed. Trimming these events
   * again would only delay the lane's retries.
   */
  const trimmed = new Map<string, number>();
  const work = async (_: AbortSignal, goesOn: () => void) => {
    const { bus, db } = deps;
    // Read before the lanes. So messages stored later are left for the next round.
    const events = await readStretch(bus, EVENTS);
    const attempts = await readStretch(bus, ATTEMPTS);
    const written = await readAckFloor(bus, ATTEMPTS, ATTEMPTS_CONSUMER);
    const lanes = await measureLanes(bus);
    const partnerIds = await listPartnerIds(db);
    await trimEvents(deps, settings, events, { needs: listEventNeeds(lanes, partnerIds), trimmed });
    const unwrittenFrom = Math.min(attempts.end, written + 1);
    goesOn();
    await trimAttempts({ ...deps, goesOn }, settings, { ...attempts, end: unwrittenFrom }, lanes);
  };
  return repeat(deps, { name: "trimmer", everyMs: settings.intervalMs, work });
}

type TrimmedStretch = Awaited<ReturnType<typeof readStretch>>;

async function readStretch(bus: Bus, stream: keyof typeof STREAM_SUBJECTS) {
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

/**
 * Returns for each partner the first message of EVENTS that its lane still needs. A lane that has
 * never run needs all of its events.
 */
function listEventNeeds(lanes: readonly LaneDepth[], partnerIds: readonly string[]): Need[] {
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

const isIdle = ({ pending, unacknowledged }: LaneDepth) => pending + unacknowledged === 0;

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
 * Deletes attempts of all partners together, never of one partner, because all attempts share one
 * consumer. A purge by subject may make this consumer skip unacknowledged messages (see
 * deleteMessages()).
 */
async function trimAttempts(
  deps: TrimmerDeps & { goesOn(): void },
  { ageMs }: TrimmerSettings,
  attempts: TrimmedStretch,
  lanes: readonly LaneDepth[],
): Promise<void> {
  const { bus, clock } = deps;
  const cutoff = await sequenceAt(bus, attempts, clock.now() - ageMs);
  const isCrowded = attempts.share > CROWDED_SHARE;
  const needs = isCrowded ? [] : await findAttemptNeeds(deps, attempts, lanes);
  await purge(deps, attempts, planTrim(needs, { cutoff, isFilling: false }).allBelow);
}

/**
 * Returns which attempts the lanes need. The last attempt of an event gives the number of the next
 * one. An attempt is younger than its event. So a lane needs only attempts younger than its oldest
 * waiting event.
 */
async function findAttemptNeeds(
  { bus, goesOn }: { bus: Bus; goesOn(): void },
  attempts: TrimmedStretch,
  lanes: readonly LaneDepth[],
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
  // The server treats a sequence below 2 as no limit, and would delete everything.
  if (below <= first || below < 2) return;
  const startedMs = clock.now();
  const what = { seq: below, ...(filter !== undefined && { filter }) };
  const { purged: deleted } = await bus.jsm.streams.purge(stream, what);
  if (deleted === 0) return;
  log.info("stream.trimmed", { stream, filter, deleted, duration_ms: clock.now() - startedMs });
}
