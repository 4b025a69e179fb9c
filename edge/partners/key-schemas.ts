import * as v from "valibot";
import type { ApiKey } from "../../db/partners/api-keys.ts";

const time = v.pipe(v.string(), v.isoTimestamp());

export const keyAnswer = v.object({
  id: v.string(),
  prefix: v.pipe(v.string(), v.description("The first characters of the key.")),
  signing: v.pipe(
    v.boolean(),
    v.description("Whether this key makes the signature in webhook bodies."),
  ),
  created_at: time,
  last_used_at: v.pipe(v.nullable(time), v.description("Updated at most once a minute.")),
  revoked_at: v.nullable(time),
});

export const newKeyAnswer = v.object({
  ...keyAnswer.entries,
  key: v.pipe(v.string(), v.description("The key itself. It is shown only in this answer.")),
});

/** The request to create a key has no fields. */
export const newKey = v.strictObject({});

export const changedKey = v.strictObject({
  signing: v.pipe(
    v.union(
      [v.literal(true), v.picklist(["true", "1"])],
      "must be true: to stop using this key, choose another one for signing",
    ),
    v.description(
      "true: from now on this key makes signatures, in place of the current signing key.",
    ),
  ),
});

export const showKey = (key: ApiKey): v.InferOutput<typeof keyAnswer> => ({
  id: key.id,
  prefix: key.prefix,
  signing: key.signing,
  created_at: key.createdAt.toISOString(),
  last_used_at: key.lastUsedAt?.toISOString() ?? null,
  revoked_at: key.revokedAt?.toISOString() ?? null,
});
