import type { SealedWebhookKey } from "../../db/partners/webhook-keys.ts";

export interface RotationRequest {
  /** How long the replaced key continues to sign, together with the new one. */
  graceMs: number;
  /**
   * Whether to rotate even while an earlier rotation is running. The previous key then stops
   * signing immediately.
   */
  force: boolean;
}

export type Rotation =
  /** An earlier rotation is still running: a receiver may still know only the previous key. */
  | { kind: "running"; until: Date }
  /**
   * The new key replaces the current key, which also signs until `keepUntil`. Null when the current
   * key stops signing immediately, or there was no current key.
   */
  | { kind: "rotate"; keepUntil: Date | null };

/** Decides what a request for a new key does. At most two keys sign at the same time. */
export function decideRotation(
  { current, previousUntil }: SealedWebhookKey,
  { graceMs, force }: RotationRequest,
  nowMs: number,
): Rotation {
  const isRunning = previousUntil !== null && previousUntil.getTime() > nowMs;
  if (isRunning && !force) return { kind: "running", until: previousUntil };
  const isKept = current !== null && graceMs > 0;
  return { kind: "rotate", keepUntil: isKept ? new Date(nowMs + graceMs) : null };
}
