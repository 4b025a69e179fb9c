import * as v from "valibot";

/**
 * Returns the schema of an optional field. A value that is null, empty or of the wrong type counts
 * as missing. Providers send such values beside a usable token.
 */
export const saysOrAbsent = <S extends v.GenericSchema<unknown, string | number | boolean>>(
  schema: S,
) => v.fallback(v.optional(schema), undefined);

/** Text that is not blank. */
export const someText = v.pipe(v.string(), v.regex(/\S/));

/** Seconds, at least 1. Some providers send the number as text. */
const lifetimeS = v.pipe(
  v.union([v.number(), v.pipe(v.string(), v.trim(), v.regex(/^\d+(\.\d+)?$/), v.toNumber())]),
  v.finite(),
  v.minValue(1),
);

/** Words separated by spaces (RFC 6749, 3.3). Some providers send a list. */
const scopes = v.pipe(
  v.union([
    v.string(),
    v.pipe(
      v.array(v.string()),
      v.transform((words) => words.join(" ")),
    ),
  ]),
  v.regex(/\S/),
);

/**
 * The fields of a successful response from a token endpoint (RFC 6749, 5.1; OpenID Connect Core
 * 1.0, 3.1.3.3).
 */
export const tokenFields = v.object({
  access_token: someText,
  token_type: saysOrAbsent(someText),
  expires_in: saysOrAbsent(lifetimeS),
  refresh_token: saysOrAbsent(someText),
  scope: saysOrAbsent(scopes),
  id_token: saysOrAbsent(someText),
});
export type TokenFields = v.InferOutput<typeof tokenFields>;
