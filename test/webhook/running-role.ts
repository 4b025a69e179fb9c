import { runWebhookRole, type WebhookRoleSettings } from "../../fleet/webhook/webhook-role.ts";
import { type Clock, systemClock } from "../../shared/clock.ts";
import type { FleetStack } from "../harness/fleet-stack.ts";

const SETTINGS: WebhookRoleSettings = {
  retryScheduleMs: [20, 20, 20, 20, 20, 20],
  eventMaxAgeMs: 3_600_000,
  attemptTimeoutMs: 2_000,
  maxAttachmentBytes: 256 * 1_024,
  laneConcurrency: 8,
  processConcurrency: 512,
  maxAckPending: 20_000,
  reconcileMs: 200,
  breaker: { openMs: 200, maxOpenMs: 1_000 },
  instanceId: "test",
};

interface RoleOptions {
  ownsLane?: (partnerId: string) => boolean;
  clock?: Clock;
}

/** A webhook role that runs until it is disposed of. */
export function runRole(
  stack: FleetStack,
  settings: Partial<WebhookRoleSettings> = {},
  { ownsLane = () => true, clock = systemClock }: RoleOptions = {},
): AsyncDisposable {
  const stop = new AbortController();
  const { bus, db, log, links, post } = stack;
  const running = runWebhookRole(
    { bus, db, log, links, post, clock, partnerVault: stack.vaults.partner, ownsLane },
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
