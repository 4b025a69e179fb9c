import {
  auditImport,
  findKeyOwner,
  isPartnerThere,
  recordImport,
} from "../../db/partners/imports.ts";
import { enqueuePartnerChanged } from "../../db/mail/outbox.ts";
import { createPartner } from "../../db/partners/partners.ts";
import { hashApiKey, knownApiKey } from "../../shared/secrets/api-key.ts";
import { newId } from "../../shared/ids.ts";
import { type ImportContext, toImportedRow } from "./import-context.ts";
import { judgePartner, type TakenPartner } from "./judge/judge-partner.ts";
import type { Report } from "./report.ts";
import type { PartnerRow } from "./source-rows.ts";

/**
 * Imports a partner of SuperIMAP.
 *
 * @param ourId The partner's id here, if an earlier import created the partner.
 * @returns The partner's id here, or null when the partner cannot be imported.
 */
export async function importPartner(
  context: ImportContext,
  row: PartnerRow,
  ourId: string | undefined,
): Promise<string | null> {
  const { db, report, rules, isDryRun } = context;
  if (ourId !== undefined) return knownPartner(context, row, ourId);
  const verdict = judgePartner(row, rules);
  if (verdict.kind === "leave") return leaveOut(report, row, verdict.why);
  const { partner, apiKey, faults } = verdict.taken;
  if (await findKeyOwner(db, await hashApiKey(apiKey))) {
    return leaveOut(report, row, "its API key is another partner's here");
  }
  for (const fault of faults) report.leftOut(namePartner(row), fault);
  if (partner.newMailWebhook === null) {
    report.say(`${namePartner(row)} has no webhook for new mail, as before`);
  }
  const id = isDryRun ? newId("prt") : await makePartner(context, row, { partner, apiKey });
  report.took("partners");
  return id;
}

function leaveOut(report: Report, row: PartnerRow, why: string): null {
  report.leftOut(namePartner(row), `${why}; with it all its users`);
  return null;
}

const namePartner = ({ id, name }: PartnerRow) => `partners/${id} (${name ?? ""})`;

async function makePartner(
  context: ImportContext,
  row: PartnerRow,
  { partner, apiKey }: Pick<TakenPartner, "partner" | "apiKey">,
): Promise<string> {
  const key = await knownApiKey(apiKey);
  return context.db.transaction(async (tx) => {
    const createdAt = row.created_at ?? context.now;
    const made = await createPartner(tx, context.vaults.partner, {
      ...partner,
      createdAt,
      apiKey: key,
    });
    await recordImport(tx, toImportedRow(context, "partners", row.id), made.id);
    await enqueuePartnerChanged(tx, made.id);
    await auditImport(tx, "partner", made.id);
    return made.id;
  });
}

async function knownPartner(
  { db, report }: ImportContext,
  row: PartnerRow,
  ourId: string,
): Promise<string | null> {
  if (!(await isPartnerThere(db, ourId))) {
    report.say(`${namePartner(row)} was removed here since and stays so`);
    return null;
  }
  if ((await findKeyOwner(db, await hashApiKey(row.api_key ?? ""))) !== ourId) {
    const why = `it has another API key than the partner that it became, ${ourId}: does it belong to another SuperIMAP?`;
    return leaveOut(report, row, why);
  }
  report.knew("partners");
  return ourId;
}
