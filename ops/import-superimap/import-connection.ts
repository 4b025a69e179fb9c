import {
  findConnection,
  findConnectionById,
  insertMissingConnection,
} from "../../db/partners/connections.ts";
import { auditImport, recordImport } from "../../db/partners/imports.ts";
import { enqueuePartnerChanged } from "../../db/mail/outbox.ts";
import { newId } from "../../shared/ids.ts";
import { type ImportContext, toImportedRow } from "./import-context.ts";
import type { OurProvider } from "./import-provider.ts";
import { type ConnectionRow, filled } from "./source-rows.ts";

export interface ConnectionPlace {
  partnerId: string;
  provider: OurProvider;
  /** The connection's id in this installation, if an earlier import created the connection. */
  ourId: string | undefined;
}

/**
 * Imports a connection of SuperIMAP.
 * @returns The connection's id in this installation, or null when it cannot be imported.
 */
export async function importConnection(
  context: ImportContext,
  row: ConnectionRow,
  { partnerId, provider, ourId }: ConnectionPlace,
): Promise<string | null> {
  const { db, report } = context;
  const name = `partner_connections/${row.id} (${provider.code})`;
  if (ourId !== undefined) {
    if (await findConnectionById(db, ourId)) {
      report.knew("connections");
      return ourId;
    }
    report.say(`${name} was removed here since and stays so`);
    return null;
  }
  if (await findConnection(db, partnerId, provider.code)) {
    report.leftOut(
      name,
      `its partner has a connection to ${provider.code} here; with it ${row.users} users`,
    );
    return null;
  }
  const stored = provider.kind === "oauth2" ? filled(row.oauth2_client_secret) : null;
  const secret = stored === null ? null : context.decrypt(stored);
  if (stored !== null && secret === null) {
    report.leftOut(name, `its client secret does not decrypt; with it ${row.users} users`);
    return null;
  }
  const id = newId("con");
  if (!context.isDryRun) await makeConnection(context, { row, id, partnerId, provider, secret });
  report.took("connections");
  return id;
}

interface NewConnection {
  row: ConnectionRow;
  id: string;
  partnerId: string;
  provider: OurProvider;
  secret: string | null;
}

async function makeConnection(
  context: ImportContext,
  { row, id, partnerId, provider, secret }: NewConnection,
): Promise<void> {
  const sealed = async (text: string) =>
    context.vaults.partner.seal(`partner_connections/${id}/oauth2_client_secret`, text);
  const connection = {
    id,
    partnerId,
    providerId: provider.id,
    oauth2ClientId: provider.kind === "oauth2" ? filled(row.oauth2_client_id) : null,
    sealedOauth2ClientSecret: secret === null ? null : await sealed(secret),
    createdAt: row.created_at ?? context.now,
  };
  await context.db.transaction(async (tx) => {
    if (!(await insertMissingConnection(tx, connection))) {
      throw new Error(`Cannot create the connection ${row.id}: someone else has just created one`);
    }
    await recordImport(tx, toImportedRow(context, "partner_connections", row.id), id);
    await enqueuePartnerChanged(tx, partnerId);
    await auditImport(tx, "connection", id);
  });
}
