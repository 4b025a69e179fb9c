import type { Db } from "../../db/client.ts";
import type { ImportedRow } from "../../db/partners/imports.ts";
import type { Sealer } from "../../shared/secrets/vault.ts";
import type { PartnerRules } from "./judge/judge-partner.ts";
import type { Report } from "./report.ts";
import type { Source } from "./source.ts";

/** What every part of an import needs. */
export interface ImportContext {
  source: Source;
  db: Db;
  vaults: { mailbox: Sealer; partner: Sealer };
  /** Returns null when a text cannot be decrypted. */
  decrypt: (text: string) => string | null;
  rules: PartnerRules;
  report: Report;
  /** Whether to read everything and write nothing. */
  isDryRun: boolean;
  /** The date from which mail logs are imported. */
  rememberedSince: Date;
  now: Date;
}

export const toImportedRow = (
  { source }: ImportContext,
  table: ImportedRow["table"],
  id: number,
): ImportedRow => ({ source: source.name, table, id });
