import type { CommandProgress } from "../../db/fleet/commands.ts";

/**
 * How long to wait for the answer. The slowest command, `test_webhook`, takes up to 30 s (the
 * default WEBHOOK_TIMEOUT); the rest is for the way to the fleet and back.
 */
export const ANSWER_TIMEOUT_MS = 35_000;
/**
 * How long to wait until the fleet takes a command. A running fleet takes it within a second; after
 * this time, the fleet counts as not running.
 */
export const TAKE_TIMEOUT_MS = 5_000;

export type CommandStep =
  | { step: "answer"; sealedAnswer: string }
  | { step: "wait" }
  | { step: "withdraw" }
  | { step: "give-up" };

/** Decides the next step for a command that was sent `waitedMs` ago. */
export function nextCommandStep(progress: CommandProgress, waitedMs: number): CommandStep {
  if (progress.step === "answered") return { step: "answer", sealedAnswer: progress.sealedAnswer };
  if (waitedMs >= ANSWER_TIMEOUT_MS) return { step: "give-up" };
  const isOrphan = progress.step === "waiting" && waitedMs >= TAKE_TIMEOUT_MS;
  return { step: isOrphan ? "withdraw" : "wait" };
}
