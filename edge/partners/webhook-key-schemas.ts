import * as v from "valibot";
import { toPublicKey } from "../../shared/secrets/signing-key.ts";
import { booleanField } from "../text.ts";
import type { RotationRequest } from "./rotation.ts";
import type { WebhookKey } from "./webhook-key-writes.ts";

const DEFAULT_GRACE_HOURS = 24;
/**
 * The maximum number of hours in which the old and the new secret both sign. A team may need a week
 * to change a secret everywhere.
 */
const MAX_GRACE_HOURS = 168;
/**
 * How many characters of a secret are shown, including `whsec_`: enough to tell two secrets apart,
 * but only 24 of the 256 bits.
 */
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
        `For how many hours the old key also signs, up to ${MAX_GRACE_HOURS}; ${DEFAULT_GRACE_HOURS} if absent. 0: the old key stops immediately.`,
      ),
      v.transform(Number),
      v.check((hours) => hours <= MAX_GRACE_HOURS, graceMessage),
    ),
    DEFAULT_GRACE_HOURS,
  ),
  force: v.exactOptional(
    booleanField(
      "true: rotate even while the previous key still signs; that key stops immediately.",
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
  prefix: v.pipe(v.string(), v.description("The first characters of the secret.")),
  previous: v.pipe(
    v.nullable(v.object({ prefix: v.string(), until: time })),
    v.description("The previous secret, while it also signs."),
  ),
});

export const newSecretAnswer = v.object({
  ...secretAnswer.entries,
  secret: v.pipe(
    v.string(),
    v.description("The new secret, `whsec_…`. It is shown only in this answer."),
  ),
});

export const signingKeyAnswer = v.object({
  public_key: v.pipe(
    v.nullable(v.string()),
    v.description("`whpk_…`, for verifying `v1a` signatures; null if there is no signing key."),
  ),
  previous: v.pipe(
    v.nullable(v.object({ public_key: v.string(), until: time })),
    v.description("The previous key, while it also signs."),
  ),
});

export const showSecret = ({
  current,
  previous,
}: WebhookKey): v.InferOutput<typeof secretAnswer> => ({
  prefix: cutPrefix(current ?? ""),
  previous: previous && {
    prefix: cutPrefix(previous.key),
    until: previous.until.toISOString(),
  },
});

export const showSigningKey = ({
  current,
  previous,
}: WebhookKey): v.InferOutput<typeof signingKeyAnswer> => ({
  public_key: current === null ? null : toPublicKey(current),
  previous: previous && {
    public_key: toPublicKey(previous.key),
    until: previous.until.toISOString(),
  },
});

const cutPrefix = (secret: string) => secret.slice(0, PREFIX_LENGTH);
