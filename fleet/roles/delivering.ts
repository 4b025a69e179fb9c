import { LANE_STATES } from "../../db/deliveries/tables.ts";
import type { FleetDeps } from "./fleet-deps.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { notCutOff } from "../roster/cut-off.ts";
import { delivers } from "../roster/heartbeat.ts";
import { ownerOf } from "../roster/rendezvous.ts";
import type { Roster } from "../roster/roster.ts";
import type { FleetSettings } from "../settings.ts";
import type { LaneStanding } from "../webhook/lane/gate.ts";
import { runWebhookRole } from "./webhook-role.ts";

/** Lanes are shared out over the delivering instances as users are over the watching ones. */
export function isOwnLane(roster: Roster, instanceId: string, partnerId: string): boolean {
  const delivering = notCutOff(roster.live().filter(delivers));
  const ids = delivering.map((instance) => instance.instanceId);
  return ownerOf(partnerId, ids) === instanceId;
}

/** What people see of a lane is no older. */
const LANE_REPORT_MS = 5_000;

/** A letter that had no room in DEAD: ten thousand of them cost 33 looks a second. */
const BURY_AGAIN_MS = 5 * 60_000;

/** The webhook role of one instance. */
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
      onOwnersChange: deps.roster.onChange,
      onLaneStates: (standings, withoutRoom) => {
        showLaneStates(deps.metrics, standings);
        deps.metrics.lanesWithoutLetterRoom.set(withoutRoom);
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
