import { runWebhookRole, type WebhookRoleSettings } from "../../fleet/roles/webhook-role.ts";
import { type Clock, systemClock } from "../../shared/clock.ts";
import type { FleetStack } from "../harness/stacks/fleet-stack.ts";

const SETTINGS: WebhookRoleSettings = {
  retryScheduleMs: [20, 20, 20, 20, 20, 20],
  eventMaxAgeMs: 3_600_000,
  attemptTimeoutMs: 2_000,
  maxAttachmentBytes: 256 * 1_024,
  laneConcurrency: 8,
  processConcurrency: 512,
  maxAckPending: 20_000,
  reconcileMs: 200,
  reportMs: 200,
  breaker: { openMs: 200, maxOpenMs: 1_000 },
  deadQuotaBytes: 1_024 * 1_024 * 1_024,
  buryAgainMs: 500,
  instanceId: "test",
};

/** After this time, NATS redelivers the events of a dead instance. In production, it is 60 s. */
const ACK_WAIT_MS = 10_000;

interface RoleOptions {
  ownsLane?: (partnerId: string) => boolean;
  onOwnersChange?: (callback: () => void) => void;
  clock?: Clock;
  ackWaitMs?: number;
}

/** Runs the webhook role until disposed. */
export function runRole(
  stack: FleetStack,
  settings: Partial<WebhookRoleSettings> = {},
  { ackWaitMs = ACK_WAIT_MS, ...options }: RoleOptions = {},
): AsyncDisposable {
  const stop = new AbortController();
  const { db, log, links, post, mails } = stack;
  const deps = {
    db,
    log,
    links,
    post,
    mails,
    clock: systemClock,
    ownsLane: () => true,
    ...options,
  };
  const running = runWebhookRole(
    { ...deps, bus: { ...stack.bus, ackWaitMs }, partnerVault: stack.vaults.partner },
    { ...SETTINGS, ...settings },
    stop.signal,
  );
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}
