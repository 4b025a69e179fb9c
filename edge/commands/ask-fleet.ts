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
  await insertCommand(deps.db, {
    id,
    kind: command.kind,
    of: "partner_id" in command ? { partnerId: command.partner_id } : { userId: command.user_id },
    sealedRequest: await deps.mailboxSealer.seal(requestRow(id), JSON.stringify(command)),
    expiresAt: new Date(Date.now() + ANSWER_TIMEOUT_MS),
  });
  const startedAtMs = systemClock.now();
  while (!signal.aborted) {
    const next = nextCommandStep(await readAnswer(deps.db, id), systemClock.now() - startedAtMs);
    if (next.step === "answer") {
      const answer = await deps.partnerVault.open(answerRow(id), next.sealedAnswer);
      return { outcome: "answered", answer };
    }
    if (next.step === "give-up") break;
    if (next.step === "withdraw" && (await withdrawCommand(deps.db, id))) {
      return { outcome: "no-fleet" };
    }
    await systemClock.sleep(POLL_INTERVAL_MS, signal);
  }
  return { outcome: "no-answer" };
}
