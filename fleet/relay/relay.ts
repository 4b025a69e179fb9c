import { dropExpiredCommands } from "../../db/fleet/commands.ts";
import { dropExpiredLinks } from "../../db/users/spent-links.ts";
import type { Clock } from "../../shared/clock.ts";
import { repeat } from "../../shared/concurrency/repeat.ts";
import type { Bus } from "../bus/bus.ts";
import { type CommandDeps, commandDesk } from "./answer-commands.ts";
import { publishOutbox } from "./publish-outbox.ts";

export interface RelayDeps extends CommandDeps {
  bus: Bus;
  clock: Clock;
}

const EXPIRY_MS = 60_000;

/**
 * Processes the rows that the edge wrote to PostgreSQL: events, pokes and commands. Continues after
 * outages of PostgreSQL and NATS. May run on several instances at once: each row is processed by
 * one of them.
 *
 * Resolves when `signal` aborted and all taken commands are answered. Never rejects.
 */
export async function runRelay(
  deps: RelayDeps,
  settings: { intervalMs: number },
  signal: AbortSignal,
): Promise<void> {
  const everyMs = settings.intervalMs;
  const desk = commandDesk(deps);
  const outbox = repeat(deps, {
    name: "outbox",
    everyMs,
    async work(stopping, goesOn) {
      while (!stopping.aborted && (await publishOutbox(deps))) goesOn();
    },
  });
  const commands = repeat(deps, {
    name: "commands",
    everyMs,
    work: (_, goesOn) => desk.takeAll(goesOn),
  });
  const expiry = repeat(deps, {
    name: "command_expiry",
    everyMs: EXPIRY_MS,
    work: () => dropExpiredCommands(deps.db),
  });
  const links = repeat(deps, {
    name: "link_expiry",
    everyMs: EXPIRY_MS,
    work: () => dropExpiredLinks(deps.db),
  });
  await Promise.all([
    outbox.run(signal),
    commands.run(signal),
    expiry.run(signal),
    links.run(signal),
  ]);
  await desk.finish();
}
