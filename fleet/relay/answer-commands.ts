import * as v from "valibot";
import type { Db } from "../../db/client.ts";
import { answerCommand, type TakenCommand, takeCommand } from "../../db/commands.ts";
import {
  answerRow,
  type Command,
  command as commandSchema,
  requestRow,
} from "../../shared/commands.ts";
import { messageOf } from "../../shared/errors.ts";
import type { Log } from "../../shared/log.ts";
import type { Opener, Sealer } from "../../shared/vault.ts";

/** What the fleet does for the edge, by kind. A new kind does not compile until it has a handler. */
export type CommandHandlers = {
  [K in Command["kind"]]: (command: Extract<Command, { kind: K }>) => Promise<unknown>;
};

export interface CommandDeps {
  db: Db;
  mailboxVault: Opener;
  partnerVault: Sealer;
  log: Log;
  handlers: CommandHandlers;
}

/** Commands in hand at once; the others wait in their table. */
const MAX_IN_HAND = 20;

const commandJson = v.pipe(v.string(), v.parseJson(), commandSchema);

/** The compiler does not see that a kind and its handler belong together. */
function handle(handlers: CommandHandlers, command: Command): Promise<unknown> {
  switch (command.kind) {
    case "test_webhook":
      return handlers.test_webhook(command);
    case "check_login":
      return handlers.check_login(command);
    case "check_token_login":
      return handlers.check_token_login(command);
    case "read_dead_letter":
      return handlers.read_dead_letter(command);
  }
}

/** Takes what waits, and answers each command in its own time. */
export function commandDesk(deps: CommandDeps) {
  const inHand = new Set<Promise<void>>();

  /** Never rejects: a command that fails gets no answer, and whoever asked stops waiting. */
  async function answer(taken: TakenCommand): Promise<void> {
    const log = deps.log.with({ command_id: taken.id, kind: taken.kind });
    try {
      const request = await deps.mailboxVault.open(requestRow(taken.id), taken.sealedRequest);
      const command = v.parse(commandJson, request);
      const reply = JSON.stringify(await handle(deps.handlers, command));
      await answerCommand(
        deps.db,
        taken.id,
        await deps.partnerVault.seal(answerRow(taken.id), reply),
      );
      log.info("command.answered");
    } catch (error) {
      log.error("command.failed", { error: messageOf(error) });
    }
  }

  return {
    async takeAll(): Promise<void> {
      while (inHand.size < MAX_IN_HAND) {
        const taken = await takeCommand(deps.db);
        if (!taken) return;
        const answered = answer(taken);
        inHand.add(answered);
        void answered.finally(() => inHand.delete(answered));
      }
    },
    /** Resolves when all that was taken is answered. */
    async finish(): Promise<void> {
      await Promise.all(inHand);
    },
  };
}
