import type { Db } from "../../db/client.ts";
import type { ImportedRow } from "../../db/partners/imports.ts";
import type { Sealer } from "../../shared/secrets/vault.ts";
import type { PartnerRules } from "./judge/judge-partner.ts";
import type { Report } from "./report.ts";
import type { Source } from "./source.ts";

/** The dependencies and options of an import. */
export interface ImportContext {
  source: Source;
  db: Db;
  vaults: { mailbox: Sealer; partner: Sealer };
  /** Decrypts a secret of SuperIMAP; null when it cannot be decrypted. */
  decrypt: (text: string) => string | null;
  rules: PartnerRules;
  report: Report;
  /** Whether the import only reads and reports, and writes nothing. */
  isDryRun: boolean;
  /** Mail logs from this date on are imported. */
  rememberedSince: Date;
  now: Date;
}

export const toImportedRow = (
  { source }: ImportContext,
  table: ImportedRow["table"],
  id: number,
): ImportedRow => ({ source: source.name, table, id });
