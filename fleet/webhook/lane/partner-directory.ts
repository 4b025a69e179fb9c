import type { Db } from "../../../db/client.ts";
import {
  listPartnerSettings,
  type PartnerSettings,
} from "../../../db/partners/partner-settings.ts";

/**
 * The settings of all partners, as of the last refresh. They are in memory, so deliveries continue
 * without the database.
 */
export interface PartnerDirectory {
  find(partnerId: string): PartnerSettings | undefined;
  ids(): string[];
  /**
   * Reads the settings again.
   * @returns the ids of the partners whose settings have changed, and of the partners that were
   * removed.
   */
  refresh(): Promise<{ changed: string[]; removed: string[] }>;
}

/** Creates an empty directory. Call `refresh()` to fill it. */
export function partnerDirectory(db: Db): PartnerDirectory {
  let known = new Map<string, PartnerSettings>();
  return {
    find: (partnerId) => known.get(partnerId),
    ids: () => [...known.keys()],
    async refresh() {
      const rows = await listPartnerSettings(db);
      // Unchanged settings stay the same object: `partnerKeyring()` caches keys by this object.
      const fresh = new Map(rows.map((row) => [row.id, keepEqual(known.get(row.id), row)]));
      const changed = [...known].filter(([id, old]) => (fresh.get(id) ?? old) !== old);
      const removed = [...known.keys()].filter((id) => !fresh.has(id));
      known = fresh;
      return { changed: changed.map(([id]) => id), removed };
    },
  };
}

const keepEqual = (old: PartnerSettings | undefined, row: PartnerSettings) =>
  old && JSON.stringify(old) === JSON.stringify(row) ? old : row;
