import { JetStreamApiError } from "@nats-io/jetstream";
import type { Clock } from "../../../shared/clock.ts";
import { toErrorText } from "../../../shared/errors.ts";
import type { Log } from "../../../shared/log.ts";
import type { Places } from "../../../shared/concurrency/places.ts";
import type { Bus, Stored } from "../../bus/bus.ts";
import { deadSubject } from "../../bus/subjects.ts";
import { type LetterQuota, MAX_AGAIN } from "../../quota/letter-quota.ts";
import type { Recorder } from "../record/recorder.ts";
import { letterId, writeLetter } from "./dead-letter.ts";
import { type Death, identifyDeath, recordDeath } from "./death.ts";
import { loadContent, pickBodySeqs, pickContent } from "./mail-bodies.ts";
import { type LoadedContent } from "../attempt/loaded-content.ts";
import type { DeliveryVerdict } from "./settle.ts";

export interface BuryDeps {
  bus: Bus;
  recorder: Recorder;
  clock: Clock;
  log: Log;
  letterQuota: LetterQuota;
  /** Limits how many letters the whole process holds in memory at the same time. */
  letters: Places;
}

/**
 * An event waits in EVENTS until its letter is stored in DEAD. But EVENTS drops the event after 72
 * h. So from this age on, the event is acknowledged even if its letter cannot be stored.
 */
const LAST_MOMENT_MS = 70 * 3_600_000;
/**
 * A letter without space in DEAD is tried again after this share of its wait so far: at least
 * `againMs`, at most `MAX_AGAIN` times `againMs`. NATS delivers repeated messages before new ones.
 * So frequent tries of ten thousand old letters would delay new events.
 */
const WAITED_SHARE = 0.25;
/** Each pause is lengthened at random by up to this share. So letters are not all tried at once. */
const JITTER = 0.2;

/**
 * Buries an event: writes its letter to DEAD, and records where the letter is stored. Tries once.
 * Without free space, records that the letter waits. The event then stays in EVENTS, and NATS
 * delivers it again later.
 */
export async function bury(
  deps: BuryDeps,
  death: Death,
  signal: AbortSignal,
): Promise<DeliveryVerdict> {
  const { clock, letterQuota } = deps;
  const { partner_id: partnerId } = identifyDeath(death);
  const waitedMs = clock.now() - death.dying.died_at_ms;
  const patienceMs = Math.max(WAITED_SHARE * waitedMs, letterQuota.againMs);
  const afterMs = Math.min(patienceMs, MAX_AGAIN * letterQuota.againMs);
  const again = { kind: "again", afterMs: afterMs * (1 + clock.random() * JITTER) } as const;
  const isLast = clock.now() - death.taken.storedAtMs > LAST_MOMENT_MS;
  const waitAgain = async () => {
    if (!death.dying.waits) {
      const dying = { ...death.dying, waits: true };
      await recordDeath(deps, { ...death, dying }, signal);
    }
    return again;
  };
  if (!letterQuota.mayTry(partnerId) && !isLast) return waitAgain();
  using _place = await deps.letters.acquire({ partnerId, host: null }, signal);
  const loaded = death.event && (await loadContent(deps.bus, death.event));
  const bodySeqs = loaded ? pickBodySeqs(loaded) : [];
  const stored = await store(deps, death, loaded);
  if (!stored && !isLast) return waitAgain();
  await record(deps, death, stored, signal);
  return { kind: "done", bodySeqs };
}

async function store(
  { bus, letterQuota, log }: BuryDeps,
  death: Death,
  loaded: LoadedContent | null,
): Promise<{ seq: number; bytes: number } | undefined> {
  const { taken, event, attempts, dying } = death;
  const { partner_id, kind, user_id } = identifyDeath(death);
  const payload = writeLetter({
    event: event ?? new TextDecoder().decode(taken.data),
    content: pickContent(loaded),
    attempts,
    lastError: dying.last_error,
    diedAtMs: dying.died_at_ms,
  });
  const bytes = payload.byteLength;
  if (!letterQuota.take(partner_id, bytes)) return undefined;
  const subject = deadSubject({ partner_id, kind, user_id });
  try {
    const { seq }: Stored = await bus.publish({ subject, id: letterId(taken.id), payload });
    letterQuota.stored(partner_id);
    return { seq, bytes };
  } catch (error) {
    letterQuota.refused(partner_id, bytes, toErrorText(error));
    // If DEAD is not full, NATS has most likely lost its streams.
    if (!isFull(error)) await bus.repair();
    log.debug("letter.refused", { partner_id, error: toErrorText(error) });
    return undefined;
  }
}

async function record(
  { recorder, log }: BuryDeps,
  death: Death,
  stored: { seq: number; bytes: number } | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { taken, attempts, dying } = death;
  const { died_at_ms, last_error, unreadable } = dying;
  const subject = identifyDeath(death);
  await recorder.record(
    {
      ...subject,
      event_seq: taken.seq,
      outcome: "buried",
      dead_seq: stored?.seq ?? null,
      ...(stored && { letter_bytes: stored.bytes }),
      attempts,
      died_at_ms,
      last_error,
      unreadable,
    },
    signal,
  );
  if (stored) return;
  const error = "Cannot keep the event: DEAD has no room, and EVENTS would forget it soon";
  log.error("letter.without_payload", { ...subject, error });
}

/** The error code of NATS when a stream with `discard: new` is full, by bytes or by messages. */
const FULL = 10_077;

const isFull = (error: unknown) => error instanceof JetStreamApiError && error.code === FULL;
