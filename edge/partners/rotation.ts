import type { SealedWebhookKey } from "../../db/partners/webhook-keys.ts";

export interface RotationRequest {
  /** How long the replaced key continues to sign, together with the new one. */
  graceMs: number;
  /**
   * Whether to rotate even during an earlier rotation, whose previous key then stops immediately.
   */
  force: boolean;
}

export type Rotation =
  /** An earlier rotation is still running: a receiver may know only that one's previous key. */
  | { kind: "running"; until: Date }
  /**
   * The new key replaces the current one, which also signs until then. Null: it stops signing
   * immediately, or there was none.
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
