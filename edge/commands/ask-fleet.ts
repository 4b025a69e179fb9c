import { insertCommand, readAnswer, withdrawCommand } from "../../db/fleet/commands.ts";
import type { Db } from "../../db/client.ts";
import { systemClock } from "../../shared/clock.ts";
import { answerRow, type Command, requestRow } from "../../shared/commands.ts";
import { newId } from "../../shared/ids.ts";
import type { Opener, Sealer } from "../../shared/secrets/vault.ts";
import { ANSWER_TIMEOUT_MS, nextCommandStep } from "./next-command-step.ts";

export interface AskDeps {
  db: Db;
  mailboxSealer: Sealer;
  partnerVault: Opener;
}

export type Asked =
  | { outcome: "answered"; answer: string }
  /** No instance took the command. The edge withdrew it, and nothing was done. */
  | { outcome: "no-fleet" }
  /** An instance took the command, but its result is unknown. */
  | { outcome: "no-answer" };

const POLL_INTERVAL_MS = 100;

/** Sends a command to the fleet and waits for its answer, at most until `signal` aborts. */
export async function askFleet(
  deps: AskDeps,
  command: Command,
  signal: AbortSignal,
): Promise<Asked> {
  const id = newId("cmd");
  const startedAtMs = systemClock.now();
  await sendCommand(deps, { id, command });
  const asked = await awaitAnswer(deps, { id, startedAtMs }, signal);
  return asked.outcome === "pending" ? { outcome: "no-answer" } : asked;
}

export interface SentCommand {
  id: string;
  command: Command;
  /** What the connect pages do with the answer. */
  sealedContinuation?: string;
}

/** Sends a command to the fleet. `awaitAnswer()` waits for its answer, in this request or another. */
export async function sendCommand(
  deps: Pick<AskDeps, "db" | "mailboxSealer">,
  { id, command, sealedContinuation }: SentCommand,
): Promise<void> {
  await insertCommand(deps.db, {
    id,
    sealedContinuation,
    kind: command.kind,
    of: "partner_id" in command ? { partnerId: command.partner_id } : { userId: command.user_id },
    sealedRequest: await deps.mailboxSealer.seal(requestRow(id), JSON.stringify(command)),
    expiresAt: new Date(Date.now() + ANSWER_TIMEOUT_MS),
  });
}

/**
 * Waits for the answer of a command that was sent at `startedAtMs`. The result is `pending` when
 * `signal` aborts first.
 */
export async function awaitAnswer(
  deps: Pick<AskDeps, "db" | "partnerVault">,
  { id, startedAtMs }: { id: string; startedAtMs: number },
  signal: AbortSignal,
): Promise<Asked | { outcome: "pending" }> {
  for (;;) {
    const next = nextCommandStep(await readAnswer(deps.db, id), systemClock.now() - startedAtMs);
    if (next.step === "answer") {
      const answer = await deps.partnerVault.open(answerRow(id), next.sealedAnswer);
      return { outcome: "answered", answer };
    }
    if (next.step === "give-up") return { outcome: "no-answer" };
    if (next.step === "withdraw" && (await withdrawCommand(deps.db, id))) {
      return { outcome: "no-fleet" };
    }
    if (signal.aborted) return { outcome: "pending" };
    await systemClock.sleep(POLL_INTERVAL_MS, signal);
  }
}
