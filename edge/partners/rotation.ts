import type { SealedWebhookKey } from "../../db/partners/webhook-keys.ts";

export interface RotationRequest {
  /** How long the key that is replaced goes on signing beside the new one. */
  graceMs: number;
  /** Also while an earlier rotation runs, whose previous key then stops at once. */
  force: boolean;
}

export type Rotation =
  /** An earlier one still runs: a receiver may yet know none but that one's previous key. */
  | { kind: "running"; until: Date }
  /** The new key takes the place of the current one, which signs until then; null: no more, or there was none. */
  | { kind: "rotate"; keepUntil: Date | null };

/** What follows the wish for another key. A signature has room for two. */
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
