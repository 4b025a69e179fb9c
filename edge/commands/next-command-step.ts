import type { CommandProgress } from "../../db/fleet/commands.ts";

/**
 * How long to wait for the answer. The slowest command, `test_webhook`, takes up to 30 s (the
 * default of WEBHOOK_TIMEOUT). The other 5 s are for sending the command and the answer through
 * Postgres.
 */
export const ANSWER_TIMEOUT_MS = 35_000;
/**
 * How long to wait until an instance takes a command. A running fleet does so within a second.
 * After this time the edge assumes that the fleet is not running.
 */
export const TAKE_TIMEOUT_MS = 5_000;

export type CommandStep =
  | { step: "answer"; sealedAnswer: string }
  | { step: "wait" }
  | { step: "withdraw" }
  | { step: "give-up" };

/** Decides what to do with a command that was sent `waitedMs` ago. */
export function nextCommandStep(progress: CommandProgress, waitedMs: number): CommandStep {
  if (progress.step === "answered") return { step: "answer", sealedAnswer: progress.sealedAnswer };
  if (waitedMs >= ANSWER_TIMEOUT_MS) return { step: "give-up" };
  const isOrphan = progress.step === "waiting" && waitedMs >= TAKE_TIMEOUT_MS;
  return { step: isOrphan ? "withdraw" : "wait" };
}
