import * as v from "valibot";
import { flag, seconds, wholeNumber } from "../../shared/env.ts";
import { DEFAULT_WEBHOOK_PORTS, webhookPorts } from "../../shared/network/webhook-url.ts";

const KIB = 1_024;
const MIB = 1_024 * KIB;

const retrySchedule = v.pipe(
  v.string(),
  v.regex(
    /^\d+(\.\d+)?(,\d+(\.\d+)?){0,19}$/,
    "must be 1 to 20 numbers of seconds, separated by commas",
  ),
  v.transform((text) => text.split(",").map((part) => Math.round(Number(part) * 1_000))),
);

/** Delivering webhooks: attempts, retries and quotas. */
export const deliverySettings = {
  /** Delays before retries, in seconds: 10 s, 1 min, 5 min, 30 min, 2 h, 8 h. */
  RETRY_SCHEDULE: v.optional(retrySchedule, "10,60,300,1800,7200,28800"),
  /**
   * Seconds. An undelivered event of this age becomes a dead letter. The maximum is 60 h, because
   * the stream drops events after 72 h.
   */
  EVENT_MAX_AGE: v.optional(seconds(1, 216_000), "129600"),
  /** How long deliveries to a failing endpoint are on hold. Doubles after each failed probe. */
  BREAKER_OPEN: v.optional(seconds(0.1, 3_600), "30"),
  BREAKER_MAX_OPEN: v.optional(seconds(0.1, 3_600), "600"),
  WEBHOOK_TIMEOUT: v.optional(seconds(0.1, 55), "30"),
  /**
   * The ports that webhooks may use. Other ports would let a webhook attack other services. The
   * default is the usual ports of HTTP.
   */
  WEBHOOK_PORTS: v.optional(webhookPorts, DEFAULT_WEBHOOK_PORTS),
  /** Whether webhooks may use plain HTTP, where anyone on the network path can read the mail. */
  ALLOW_HTTP_WEBHOOKS: v.optional(flag, "false"),
  /**
   * How many attempts per partner are in flight at the same time. WEBHOOK_CONCURRENCY limits the
   * whole process.
   */
  LANE_CONCURRENCY: v.optional(wholeNumber(1, 1_000), "8"),
  WEBHOOK_CONCURRENCY: v.optional(wholeNumber(1, 10_000), "512"),
  /**
   * The maximum size of an attachment in the format `parsed`, in bytes. Larger ones are described
   * without content. All attachments of a mail may have four times this size.
   */
  MAX_ATTACHMENT_SIZE: v.optional(wholeNumber(0, 5 * MIB), String(256 * KIB)),
  /**
   * How many events of one lane may be unacknowledged. Includes all events that wait for a retry.
   * 50,000 such events cost 0.3 of a core.
   */
  MAX_ACK_PENDING: v.optional(wholeNumber(1, 1_000_000), "20000"),

  /**
   * How many events of one partner may wait in NATS. Must be below MAX_ACK_PENDING. Otherwise
   * waiting retries block new mail.
   */
  LANE_QUOTA_EVENTS: v.optional(wholeNumber(1, 1_000_000), "10000"),
  /**
   * How many bytes of mail of one partner may wait in NATS. The default is a sixteenth of BODIES: a
   * few dead endpoints cannot fill BODIES for everyone.
   */
  LANE_QUOTA_BYTES: v.optional(wholeNumber(1, Number.MAX_SAFE_INTEGER), String(256 * MIB)),
  /** How often each partner's backlog is measured. */
  LANE_QUOTA_INTERVAL: v.optional(seconds(0.1, 60), "5"),

  /**
   * How many bytes of DEAD one partner may use. The default is an eighth: a few dead endpoints
   * cannot fill DEAD for everyone. Above the quota, events that are given up wait in their lane.
   */
  DEAD_QUOTA_BYTES: v.optional(wholeNumber(MIB, Number.MAX_SAFE_INTEGER), String(128 * MIB)),
  /**
   * How many dead letters per second one process redelivers. A million of them must not flood their
   * lane.
   */
  REDELIVERY_RATE: v.optional(wholeNumber(1, 10_000), "100"),
};
