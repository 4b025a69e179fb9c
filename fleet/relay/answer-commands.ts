import * as v from "valibot";
import type { Db } from "../../db/client.ts";
import {
  answerCommand,
  type FullKind,
  type TakenCommand,
  takeCommand,
} from "../../db/fleet/commands.ts";
import {
  answerRow,
  type Command,
  command as commandSchema,
  COMMAND_KINDS,
  requestRow,
} from "../../shared/commands.ts";
import { toErrorText } from "../../shared/errors.ts";
import type { Log } from "../../shared/log.ts";
import { createPlaces, type Places } from "../../shared/concurrency/places.ts";
import type { Opener, Sealer } from "../../shared/secrets/vault.ts";

/** The handlers of the edge's commands, by kind. */
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

/**
 * How many commands are answered at the same time. Others wait in the table `commands`, where
 * another instance may take them.
 */
const MAX_IN_HAND = 20;
/**
 * How long a handler may take. A slower handler loses its place to other commands. The edge waits
 * only 35 s for the answer.
 */
const DEADLINE_MS = 40_000;

const commandJson = v.pipe(v.string(), v.parseJson(), commandSchema);

/**
 * Calls the handler of a command. The compiler does not accept `handlers[command.kind](command)`,
 * so this is a switch.
 */
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

/**
 * Takes waiting commands, and answers them concurrently. Each partner gets a share of the places,
 * and each kind a share of its partner's places. So tests of a slow webhook delay neither the
 * partner's login checks nor other partners.
 */
export function commandDesk(deps: CommandDeps) {
  const places = createPlaces(MAX_IN_HAND);
  /** Commands being answered, each with its partner. */
  const inHand = new Map<Promise<void>, string>();

  /**
   * Answers a command. Never rejects. If the command fails, no answer is written, and the edge
   * stops waiting at its timeout.
   */
  async function answer(taken: TakenCommand): Promise<void> {
    const log = deps.log.with({ command_id: taken.id, kind: taken.kind });
    try {
      const request = await deps.mailboxVault.open(requestRow(taken.id), taken.sealedRequest);
      const command = v.parse(commandJson, request);
      const reply = JSON.stringify(await inTime(handle(deps.handlers, command)));
      await answerCommand(
        deps.db,
        taken.id,
        await deps.partnerVault.seal(answerRow(taken.id), reply),
      );
      log.info("command.answered");
    } catch (error) {
      log.error("command.failed", { error: toErrorText(error) });
    }
  }

  return {
    /**
     * Takes commands until none is waiting or all places are in use.
     * @param goesOn Called before each command is taken.
     */
    async takeAll(goesOn = () => {}): Promise<void> {
      while (places.held < MAX_IN_HAND) {
        goesOn();
        const taken = await takeCommand(deps.db, fullKinds(places, inHand.values()));
        if (!taken) return;
        const party = { partnerId: taken.partnerId, host: taken.kind };
        const place = await places.acquire(party, new AbortController().signal);
        const answered = answer(taken).finally(() => {
          place[Symbol.dispose]();
          inHand.delete(answered);
        });
        inHand.set(answered, taken.partnerId);
      }
    },
    /** Resolves when every command that was taken is answered. */
    async finish(): Promise<void> {
      await Promise.all(inHand.keys());
    },
  };
}

/**
 * Returns the kinds of commands for which no place is free. An entry with `partnerId: null` applies
 * to every partner.
 */
function fullKinds(places: Places, partnerIds: Iterable<string>): FullKind[] {
  const ofPartners = [...new Set(partnerIds)].flatMap((partnerId) =>
    COMMAND_KINDS.filter((kind) => !places.hasRoom({ partnerId, host: kind })).map((kind) => ({
      kind,
      partnerId,
    })),
  );
  const nobody = "\n";
  const ofAll = COMMAND_KINDS.filter((kind) => !places.hasRoom({ partnerId: nobody, host: kind }));
  return [...ofPartners, ...ofAll.map((kind) => ({ kind, partnerId: null }))];
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () =>
      late.reject(new Error(`Cannot answer the command: it took longer than ${DEADLINE_MS} ms`)),
    DEADLINE_MS,
  );
  return Promise.race([work, late.promise]).finally(() => clearTimeout(timer));
}
