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
  /** An earlier rotation is still running, and some receivers may know only the previous key. */
  | { kind: "running"; until: Date }
  /**
   * The new key replaces the current key, which continues to sign until `keepUntil`. Null means
   * that the replaced key stops signing immediately, or that there was none.
   */
  | { kind: "rotate"; keepUntil: Date | null };

/**
 * Decides whether a request for a new key is allowed, and until when the replaced key signs. At
 * most two keys sign at the same time.
 */
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
