import { runWebhookRole, type WebhookRoleSettings } from "../../fleet/webhook/webhook-role.ts";
import { systemClock } from "../../shared/clock.ts";
import type { FleetStack } from "../harness/fleet-stack.ts";

const SETTINGS: WebhookRoleSettings = {
  retryScheduleMs: [20, 20, 20, 20, 20, 20],
  attemptTimeoutMs: 2_000,
  laneConcurrency: 8,
  processConcurrency: 512,
  maxAckPending: 20_000,
  reconcileMs: 200,
};

/** A webhook role that runs until it is disposed of. */
export function runRole(
  stack: FleetStack,
  settings: Partial<WebhookRoleSettings> = {},
  ownsLane: (partnerId: string) => boolean = () => true,
): AsyncDisposable {
  const stop = new AbortController();
  const { bus, db, log, links } = stack;
  const running = runWebhookRole(
    { bus, db, log, links, clock: systemClock, partnerVault: stack.vaults.partner, ownsLane },
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
