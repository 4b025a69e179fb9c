import { LANE_STATES } from "../../db/deliveries/tables.ts";
import type { FleetDeps } from "./fleet-deps.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { notCutOff } from "../roster/cut-off.ts";
import { delivers } from "../roster/heartbeat.ts";
import { chooseOwner } from "../roster/rendezvous.ts";
import type { Roster } from "../roster/roster.ts";
import type { FleetSettings } from "../settings.ts";
import type { LaneStanding } from "../webhook/lane/gate.ts";
import { runWebhookRole } from "./webhook-role.ts";

/**
 * Returns whether this instance delivers the partner's events. Lanes are distributed over the
 * delivering instances, in the same manner as users over the watching instances.
 */
export function isOwnLane(roster: Roster, instanceId: string, partnerId: string): boolean {
  const delivering = notCutOff(roster.live().filter(delivers));
  const ids = delivering.map((instance) => instance.instanceId);
  return chooseOwner(partnerId, ids) === instanceId;
}

/** The interval at which lane states are written, for display only. */
const LANE_REPORT_MS = 5_000;

/**
 * A dead letter for which DEAD had no space is tried again after this time. 10,000 such letters
 * cost 33 tries a second.
 */
const BURY_AGAIN_MS = 5 * 60_000;

/** Runs the webhook role of one instance. */
export function deliver(
  deps: FleetDeps & {
    roster: Pick<Roster, "onChange">;
    ownsLane(partnerId: string): boolean;
  },
  settings: FleetSettings,
  stop: AbortSignal,
): Promise<void> {
  return runWebhookRole(
    {
      ...deps,
      onOwnersChange: (callback) => deps.roster.onChange(callback),
      onLaneStates: (standings, withoutLetterQuota) => {
        showLaneStates(deps.metrics, standings);
        deps.metrics.lanesWithoutLetterRoom.set(withoutLetterQuota);
      },
    },
    {
      instanceId: settings.INSTANCE_ID,
      retryScheduleMs: settings.RETRY_SCHEDULE,
      eventMaxAgeMs: settings.EVENT_MAX_AGE,
      attemptTimeoutMs: settings.WEBHOOK_TIMEOUT,
      maxAttachmentBytes: settings.MAX_ATTACHMENT_SIZE,
      breaker: { openMs: settings.BREAKER_OPEN, maxOpenMs: settings.BREAKER_MAX_OPEN },
      laneConcurrency: settings.LANE_CONCURRENCY,
      processConcurrency: settings.WEBHOOK_CONCURRENCY,
      maxAckPending: settings.MAX_ACK_PENDING,
      reconcileMs: settings.REBALANCE_INTERVAL,
      reportMs: LANE_REPORT_MS,
      deadQuotaBytes: settings.DEAD_QUOTA_BYTES,
      buryAgainMs: BURY_AGAIN_MS,
    },
    stop,
  );
}

function showLaneStates({ laneStates }: Metrics, standings: readonly LaneStanding[]): void {
  laneStates.reset();
  for (const state of LANE_STATES) laneStates.set({ state, reason: "" }, 0);
  for (const standing of standings) {
    const reason = standing.state === "paused" ? standing.reason : "";
    laneStates.inc({ state: standing.state, reason });
  }
}
