import { hostname } from "node:os";
import * as v from "valibot";
import { address, seconds, wholeNumber } from "../../shared/env.ts";
import { mailboxPrivateKeys, partnerKeys } from "../../shared/secrets/vault.ts";
import { ROLES } from "../roster/heartbeat.ts";

/** The role and name of a process, its keys, and how the instances share the users. */
export const processSettings = {
  /** `imap` watches mailboxes and publishes mail, `webhook` delivers, `all` does both. */
  ROLE: v.optional(v.picklist(ROLES, `must be one of ${ROLES.join(", ")}`), "all"),
  /** Where people reach the edge: the base of the connect links in webhooks. */
  PUBLIC_URL: v.pipe(
    address("https:", "http:"),
    v.transform((url) => url.replace(/\/+$/, "")),
  ),
  /**
   * The name of this instance. Must stay the same after a deploy. The default is Fly's machine id,
   * or else the host name.
   */
  INSTANCE_ID: v.optional(
    v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/, "must be 1 to 64 letters, digits, _ or -")),
    () =>
      process.env["FLY_MACHINE_ID"] ??
      hostname()
        .replaceAll(/[^A-Za-z0-9_-]/g, "-")
        .slice(0, 64),
  ),
  /** Where the instance runs, for people to see. If it is not set, Fly's region is used, if any. */
  INSTANCE_REGION: v.optional(
    v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{0,32}$/, "must be 1 to 32 letters, digits, _ or -")),
    () => process.env["FLY_REGION"] ?? "",
  ),

  MAILBOX_PRIVATE_KEYS: mailboxPrivateKeys,
  PARTNER_KEYS: partnerKeys,

  HEARTBEAT_INTERVAL: v.optional(seconds(0.1, 60), "10"),
  /**
   * An instance without a heartbeat for this long counts as gone. The default is three missed
   * heartbeats.
   */
  HEARTBEAT_TTL: v.optional(seconds(0.3, 600), "30"),
  /**
   * Seconds. Above 0, a stop counts as a restart: other instances claim its users only after this
   * time.
   */
  RESTART_GRACE: v.optional(seconds(0, 600), "0"),
  /** How long the roster must stay the same before an instance claims users of another one. */
  CLAIM_DELAY: v.optional(seconds(0, 60), "3"),
  /** How often users are distributed over the instances without a poke. A poke can be lost. */
  REBALANCE_INTERVAL: v.optional(seconds(0.1, 600), "10"),
  /** How many users one process can watch. Each IMAP connection takes tens of kilobytes. */
  MAX_USER_THREADS: v.optional(wholeNumber(1, 1_000_000), "10000"),
};
