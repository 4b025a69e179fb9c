import { readImported } from "../../db/partners/imports.ts";
import { importConnection } from "./import-connection.ts";
import type { ImportContext } from "./import-context.ts";
import { importPartner } from "./import-partner.ts";
import { importProvider, type OurProvider } from "./import-provider.ts";
import { importUsers } from "./import-users.ts";
import { leave, type PartnerRow, type ProviderRow, type ImportVerdict } from "./source-rows.ts";

/**
 * Imports partners one by one, with their connections and users. A stopped import may run again: it
 * adds new rows and does not change existing rows.
 *
 * @param wanted A partner's name or id in the source. Undefined means all partners.
 */
export async function importAll(
  context: ImportContext,
  wanted: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { source, db, report } = context;
  const partners = choosePartners(await source.partners(), wanted);
  const connections = await source.connections();
  const providers = new Map((await source.providers()).map((row) => [row.id, row]));
  const readKnown = (table: Parameters<typeof readImported>[1]["table"]) =>
    readImported(db, { source: source.name, table });
  const known = {
    providers: await readKnown("imap_providers"),
    partners: await readKnown("partners"),
    connections: await readKnown("partner_connections"),
    users: await readKnown("users"),
  };
  const ours = new Map<ProviderRow, ImportVerdict<OurProvider>>();
  const ensureProvider = async (id: number | null): Promise<ImportVerdict<OurProvider>> => {
    const row = id === null ? undefined : providers.get(id);
    if (!row) return leave("it is not there");
    const verdict =
      ours.get(row) ?? (await importProvider(context, row, known.providers.get(row.id)));
    ours.set(row, verdict);
    return verdict;
  };
  for (const partner of partners) {
    signal.throwIfAborted();
    const partnerId = await importPartner(context, partner, known.partners.get(partner.id));
    if (partnerId === null) continue;
    for (const row of connections.filter(({ partner_id: id }) => id === partner.id)) {
      const provider = await ensureProvider(row.imap_provider_id);
      if (provider.kind === "leave") {
        const why = `its provider cannot be imported: ${provider.why}; with it ${row.users} users`;
        report.leftOut(`partner_connections/${row.id}`, why);
        continue;
      }
      const place = { partnerId, provider: provider.taken, ourId: known.connections.get(row.id) };
      const ourId = await importConnection(context, row, place);
      if (ourId === null) continue;
      const users = { sourceId: row.id, ourId, provider: provider.taken, known: known.users };
      await importUsers(context, users, signal);
    }
  }
}

function choosePartners(partners: readonly PartnerRow[], wanted: string | undefined) {
  if (wanted === undefined) return partners;
  const chosen = partners.filter(({ id, name }) => String(id) === wanted || name === wanted);
  if (chosen.length > 0) return chosen;
  throw new Error(`Cannot import ${wanted}: SuperIMAP has no partner of that name or id`);
}
