import * as v from "valibot";

const shared = {
  /**
   * The user of the link. The links that a page offers have the same id, so their users must be
   * compared, too. An older version does not store it.
   */
  user_id: v.optional(v.string()),
  link_id: v.string(),
  is_choice: v.optional(v.boolean(), false),
  /** How long the database keeps the record that the link is spent. */
  spent_until_ms: v.number(),
  started_at_ms: v.number(),
};

/**
 * What follows when the fleet has tried a login. It is stored with the command, sealed, because the
 * page that shows the result may be another request. Passwords and tokens in it are sealed for the
 * user's row by the mailbox ring, which the edge cannot open.
 */
export const continuation = v.variant("kind", [
  v.object({
    ...shared,
    kind: v.literal("plain"),
    login: v.string(),
    sealed_password: v.string(),
    /** The user's own mail server; null for the provider's server. */
    server: v.nullable(
      v.object({
        host: v.string(),
        port: v.number(),
        security: v.picklist(["tls", "starttls"]),
      }),
    ),
  }),
  v.object({
    ...shared,
    kind: v.literal("oauth2"),
    email: v.string(),
    sealed_refresh_token: v.string(),
    /** The names that are tried. The first is the account's address, or the name that is set. */
    usernames: v.array(v.string()),
  }),
  v.object({
    ...shared,
    kind: v.literal("oauth1"),
    email: v.string(),
    sealed_oauth1_token: v.string(),
  }),
]);
export type Continuation = v.InferOutput<typeof continuation>;
export type PlainContinuation = Extract<Continuation, { kind: "plain" }>;
export type TokenContinuation = Exclude<Continuation, PlainContinuation>;
