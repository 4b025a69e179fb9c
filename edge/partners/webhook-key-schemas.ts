import * as v from "valibot";
import { publicKeyOf } from "../../shared/secrets/signing-key.ts";
import { flag } from "../text.ts";
import type { RotationRequest } from "./rotation.ts";
import type { WebhookKey } from "./webhook-key-writes.ts";

const DEFAULT_GRACE_HOURS = 24;
/** A week: as long as a team may need to change a secret everywhere. */
const MAX_GRACE_HOURS = 168;
/** How much of a secret is shown, `whsec_` included: enough to tell two apart, and only 24 of its 256 bits. */
const PREFIX_LENGTH = 10;

const time = v.pipe(v.string(), v.isoTimestamp());
const graceMessage = `must be a whole number of hours from 0 to ${MAX_GRACE_HOURS}`;

export const rotation = v.strictObject({
  grace_hours: v.exactOptional(
    v.pipe(
      v.union(
        [
          v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_GRACE_HOURS)),
          v.pipe(v.string(), v.regex(/^\d{1,3}$/)),
        ],
        graceMessage,
      ),
      v.description(
        `For how many hours the key that is replaced goes on signing beside the new one, up to ${MAX_GRACE_HOURS}; ${DEFAULT_GRACE_HOURS} if absent. 0: not at all.`,
      ),
      v.transform(Number),
      v.check((hours) => hours <= MAX_GRACE_HOURS, graceMessage),
    ),
    DEFAULT_GRACE_HOURS,
  ),
  force: v.exactOptional(
    flag(
      "true: also while an earlier rotation runs; the key before the current one then stops at once.",
    ),
    false,
  ),
});

const HOUR_MS = 3_600_000;

export const rotationRequest = ({
  grace_hours,
  force,
}: v.InferOutput<typeof rotation>): RotationRequest => ({
  graceMs: grace_hours * HOUR_MS,
  force,
});

export const secretAnswer = v.object({
  prefix: v.pipe(v.string(), v.description("How the secret begins.")),
  previous: v.pipe(
    v.nullable(v.object({ prefix: v.string(), until: time })),
    v.description("The secret before the last rotation, for as long as it signs, too."),
  ),
});

export const newSecretAnswer = v.object({
  ...secretAnswer.entries,
  secret: v.pipe(
    v.string(),
    v.description("The new secret, `whsec_…`: shown here and never again."),
  ),
});

export const signingKeyAnswer = v.object({
  public_key: v.pipe(
    v.nullable(v.string()),
    v.description("`whpk_…`, to verify signatures `v1a` with; null: none are made."),
  ),
  previous: v.pipe(
    v.nullable(v.object({ public_key: v.string(), until: time })),
    v.description("The key before the last rotation, for as long as it signs, too."),
  ),
});

export const showSecret = ({
  current,
  previous,
}: WebhookKey): v.InferOutput<typeof secretAnswer> => ({
  prefix: prefixOf(current ?? ""),
  previous: previous && {
    prefix: prefixOf(previous.key),
    until: previous.until.toISOString(),
  },
});

export const showSigningKey = ({
  current,
  previous,
}: WebhookKey): v.InferOutput<typeof signingKeyAnswer> => ({
  public_key: current === null ? null : publicKeyOf(current),
  previous: previous && {
    public_key: publicKeyOf(previous.key),
    until: previous.until.toISOString(),
  },
});

const prefixOf = (secret: string) => secret.slice(0, PREFIX_LENGTH);
