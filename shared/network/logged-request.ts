import * as v from "valibot";

/** HTTP headers by lower-case name, with secret values masked. */
export const shownHeaders = v.record(v.string(), v.string());
export type ShownHeaders = v.InferOutput<typeof shownHeaders>;

/** The request of one attempt, as admins see it. It contains no secrets and not the body itself. */
export const loggedRequest = v.object({
  /** The address of the webhook, with its secrets masked. */
  url: v.string(),
  headers: shownHeaders,
  body_bytes: v.number(),
  /** The SHA-256 of the body, in hex. */
  body_sha256: v.string(),
});
export type LoggedRequest = v.InferOutput<typeof loggedRequest>;
