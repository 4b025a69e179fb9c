import * as v from "valibot";
import type { FoundLane } from "../../db/deliveries/lanes.ts";
import { PAYLOAD_FORMATS } from "../../db/partners/tables.ts";
import { withoutPassword } from "./without-password.ts";

const time = v.pipe(v.string(), v.isoTimestamp());
const url = v.nullable(v.string());
const count = v.pipe(v.number(), v.integer());

/**
 * The states of a lane, which is one partner's deliveries. `unreported`: no instance has reported
 * the state recently.
 */
const STATES = ["running", "paused", "open", "probing", "unreported"] as const;
type State = (typeof STATES)[number];

const laneAnswer = v.object({
  state: v.pipe(
    v.picklist(STATES),
    v.description(
      "`open`: the endpoint fails, so deliveries are on hold. `probing`: one event is sent to check whether the endpoint works again.",
    ),
  ),
  description: v.pipe(v.string(), v.description("The state as text, and what to do about it.")),
  open_until: v.nullable(time),
  in_flight: count,
  pending: v.pipe(count, v.description("Events that wait for their first attempt.")),
  retrying: v.pipe(count, v.description("Events that wait for a retry.")),
  oldest_at: v.pipe(
    v.nullable(time),
    v.description("The time of the oldest event that is neither delivered nor dead."),
  ),
  reported_at: v.nullable(time),
});

export const webhooksAnswer = v.object({
  new_mail_webhook: url,
  user_connected_webhook: url,
  user_disconnected_webhook: url,
  user_auth_failed_webhook: url,
  payload_format: v.picklist(PAYLOAD_FORMATS),
  ordered: v.pipe(
    v.boolean(),
    v.description(
      "true: one event at a time for each user. The next event waits until the earlier one is delivered or dead.",
    ),
  ),
  paused_at: v.nullable(time),
  paused_by: v.pipe(
    v.nullable(v.picklist(["partner", "admin", "guard"])),
    v.description("`guard`: answers with 403 would have archived too many users."),
  ),
  lane: laneAnswer,
});

export const PAUSED_BY = { partner: "partner", admin: "admin", forbidden: "guard" } as const;
/** Who reads the description of a lane. */
type Reader = "partner" | "admin";
const FORBIDDEN =
  "webhook answered 403 for too many users at once, so no more of them were archived.";
const PAUSED = {
  partner: {
    partner: "You paused it. Resume it to have events delivered.",
    admin: "An administrator paused it. Ask them to resume it.",
    forbidden: `Your ${FORBIDDEN} Make sure that it answers with 200, then resume.`,
  },
  admin: {
    partner: "The partner paused it. The partner or an administrator can resume it.",
    admin: "An administrator paused it. Resume it to have events delivered.",
    forbidden: `Its ${FORBIDDEN} Ask the partner to make sure that it answers with 200, then resume.`,
  },
} as const;

/** What judgeState() needs to know to decide the state of a lane. */
type LaneStanding = Pick<FoundLane, "lane" | "isCurrent"> & {
  partner: Pick<FoundLane["partner"], "pausedReason">;
};

export function showWebhooks(found: FoundLane): v.InferOutput<typeof webhooksAnswer> {
  const { partner } = found;
  return {
    new_mail_webhook: withoutPassword(partner.newMailWebhook),
    user_connected_webhook: withoutPassword(partner.userConnectedWebhook),
    user_disconnected_webhook: withoutPassword(partner.userDisconnectedWebhook),
    user_auth_failed_webhook: withoutPassword(partner.userAuthFailedWebhook),
    payload_format: partner.payloadFormat,
    ordered: partner.ordered,
    paused_at: partner.pausedAt?.toISOString() ?? null,
    paused_by: partner.pausedReason && PAUSED_BY[partner.pausedReason],
    lane: showLane(found, "partner"),
  };
}

export function showLane(found: LaneStanding, reader: Reader): v.InferOutput<typeof laneAnswer> {
  const { lane } = found;
  const state = judgeState(found);
  return {
    state,
    description: describe(state, found, reader),
    open_until: state === "open" ? (lane?.openUntil?.toISOString() ?? null) : null,
    in_flight: lane?.inFlight ?? 0,
    pending: lane?.pending ?? 0,
    retrying: lane?.retrying ?? 0,
    oldest_at: lane?.oldestAt?.toISOString() ?? null,
    reported_at: lane?.reportedAt.toISOString() ?? null,
  };
}

/**
 * Decides the state to show. Whether deliveries are paused is read from the partner's row: `lane`
 * was reported by an instance, possibly before the latest pause or resumption.
 */
function judgeState({ partner, lane, isCurrent }: LaneStanding): State {
  if (partner.pausedReason !== null) return "paused";
  if (!lane || !isCurrent) return "unreported";
  return lane.state === "paused" ? "running" : lane.state;
}

function describe(state: State, { partner, lane }: LaneStanding, reader: Reader): string {
  switch (state) {
    case "running":
      return "Events are delivered as they arrive.";
    case "paused":
      return PAUSED[reader][partner.pausedReason ?? "admin"];
    case "open":
      return `The endpoint fails: ${lane?.reason ?? "it does not answer"}. Deliveries are on hold; soon one event is sent to check the endpoint. No retry is used up.`;
    case "probing":
      return `The endpoint failed: ${lane?.reason ?? "it did not answer"}. One event is sent to check whether it works again.`;
    case "unreported":
      return "There is no recent report: events are kept, but may not be delivered at the moment.";
  }
}
