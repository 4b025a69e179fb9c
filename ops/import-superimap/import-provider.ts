import { auditImport, recordImport } from "../../db/partners/imports.ts";
import {
  findCountedProvider,
  findProvider,
  insertProvider,
  type ProviderKind,
} from "../../db/partners/providers.ts";
import { newId } from "../../shared/ids.ts";
import { type ImportContext, toImportedRow } from "./import-context.ts";
import { judgeProvider, type TakenProvider } from "./judge/judge-provider.ts";
import type { ProviderRow, ImportVerdict } from "./source-rows.ts";

/** The data of a provider that connections and users need. */
export interface OurProvider {
  id: string;
  code: string;
  kind: ProviderKind;
  imapHost: string;
}

/**
 * Imports a provider of SuperIMAP, or finds the provider here with the same code.
 *
 * @param ourId The provider's id here, if an earlier import created the provider.
 */
export async function importProvider(
  context: ImportContext,
  row: ProviderRow,
  ourId: string | undefined,
): Promise<ImportVerdict<OurProvider>> {
  const { db } = context;
  const known = ourId === undefined ? undefined : await findCountedProvider(db, ourId);
  if (known) return { kind: "take", taken: known.provider };
  const ours = row.code === null ? undefined : await findProvider(db, row.code);
  const verdict = judgeProvider(row, ours);
  if (verdict.kind === "leave") return verdict;
  if (verdict.taken.kind === "known") {
    return ours ? { kind: "take", taken: ours } : { kind: "leave", why: "it is gone" };
  }
  return { kind: "take", taken: await makeProvider(context, row.id, verdict.taken) };
}

async function makeProvider(
  context: ImportContext,
  sourceId: number,
  { provider }: Extract<TakenProvider, { kind: "new" }>,
): Promise<OurProvider> {
  const id = newId("prv");
  context.report.say(`Provider ${provider.code} is new here: check it on the admin pages`);
  if (!context.isDryRun) {
    await context.db.transaction(async (tx) => {
      if (!(await insertProvider(tx, { ...provider, id }))) {
        throw new Error(
          `Cannot create the provider ${provider.code}: someone else has just created one`,
        );
      }
      await recordImport(tx, toImportedRow(context, "imap_providers", sourceId), id);
      await auditImport(tx, "provider", id);
    });
  }
  return { ...provider, id };
}
