import type { CommandProgress } from "../../db/fleet/commands.ts";

/**
 * How long to wait for the answer: the webhook has 30 s; the rest is for the way to the fleet and
 * back.
 */
export const ANSWER_TIMEOUT_MS = 35_000;
/**
 * How long to wait until the fleet takes a command. It does so within a second; after this time no
 * fleet is running.
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
