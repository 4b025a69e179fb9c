import type { Db } from "../db/client.ts";
import { readInstallationId, WrongDatabase } from "../db/fleet/installation.ts";
import type { Clock } from "../shared/clock.ts";
import type { Log } from "../shared/log.ts";
import { persist } from "./bus/connection/persist.ts";

/**
 * Returns the id of the installation that the database belongs to. Waits while the database cannot
 * be reached.
 *
 * @throws {WrongDatabase} when the database belongs to no installation.
 */
export const findInstallation = (
  { db, clock, log }: { db: Db; clock: Clock; log: Log },
  signal: AbortSignal,
): Promise<string> =>
  persist(
    { clock, log },
    {
      event: "database.unreachable",
      action: () => readInstallationId(db),
      isFinal: (error) => error instanceof WrongDatabase,
    },
    signal,
  );
