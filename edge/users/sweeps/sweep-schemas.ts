import * as v from "valibot";
import { SWEEP_STATES } from "../../../db/mail/tables.ts";
import type { Sweep } from "../../../db/mail/sweeps.ts";
import { booleanField, instant } from "../../text.ts";

export const newSweep = v.strictObject({
  since: v.exactOptional(
    instant("Mail that the server received at this time or later; 30 days ago if absent."),
  ),
  until: v.exactOptional(instant("Mail that the server received before this time; now if absent.")),
  redeliver: v.exactOptional(
    booleanField(
      "true: also send mail again that was delivered already, with its original `webhook-id`.",
    ),
  ),
});

const time = v.pipe(v.string(), v.isoTimestamp());
const count = (description: string) => v.pipe(v.number(), v.integer(), v.description(description));

export const sweepAnswer = v.object({
  id: v.string(),
  state: v.picklist(SWEEP_STATES),
  since: time,
  until: time,
  redeliver: v.boolean(),
  found: count("Mails found in the time range so far."),
  published: count("Mails among `found` whose webhook was or will be called."),
  skipped: count(
    "Mails among `found` that were delivered already, are being delivered, or are not delivered by rule.",
  ),
  created_at: time,
  finished_at: v.nullable(time),
  error: v.pipe(v.nullable(v.string()), v.description("Why it failed.")),
});

type ShownSweep = Pick<
  Sweep,
  | "id"
  | "state"
  | "since"
  | "until"
  | "redeliver"
  | "found"
  | "published"
  | "skipped"
  | "createdAt"
  | "finishedAt"
  | "error"
>;

export const showSweep = (sweep: ShownSweep): v.InferOutput<typeof sweepAnswer> => ({
  id: sweep.id,
  state: sweep.state,
  since: sweep.since.toISOString(),
  until: sweep.until.toISOString(),
  redeliver: sweep.redeliver,
  found: sweep.found,
  published: sweep.published,
  skipped: sweep.skipped,
  created_at: sweep.createdAt.toISOString(),
  finished_at: sweep.finishedAt?.toISOString() ?? null,
  error: sweep.error,
});
