import type { SuperimapDatabase } from "./superimap-database.ts";

const DAY_MS = 86_400_000;

export const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();

/** A SuperIMAP partner with one connection. Its provider uses passwords. */
export interface SuperimapPartner {
  partnerId: number;
  apiKey: string;
  connectionId: number;
}

/** @param provider Columns of the new IMAP provider that override the defaults. */
export async function insertPartner(
  source: SuperimapDatabase,
  name: string,
  {
    provider = {},
    partner = {},
  }: { provider?: Record<string, unknown>; partner?: Record<string, unknown> } = {},
): Promise<SuperimapPartner> {
  const apiKey = `${Buffer.from(name).toString("hex")}0123456789abcdef0123`.slice(0, 20);
  const partnerId = await source.insert("partners", {
    name,
    api_key: apiKey,
    new_mail_webhook: "https://partner.example/mail",
    created_at: "2015-01-01 00:00:00",
    ...partner,
  });
  const providerId = await source.insert("imap_providers", {
    type: "Plain::ImapProvider",
    code: name.toUpperCase(),
    title: name,
    imap_host: "imap.example.com",
    imap_port: 993,
    imap_use_ssl: true,
    ...provider,
  });
  const connectionId = await source.insert("partner_connections", {
    partner_id: partnerId,
    imap_provider_id: providerId,
    type: "Plain::PartnerConnection",
    created_at: "2015-01-01 00:00:00",
  });
  return { partnerId, apiKey, connectionId };
}

export const insertSourceUser = (
  source: SuperimapDatabase,
  { connectionId }: SuperimapPartner,
  row: Readonly<Record<string, unknown>>,
): Promise<number> =>
  source.insert("users", {
    partner_connection_id: connectionId,
    type: "Plain::User",
    created_at: "2015-02-03 04:05:06",
    updated_at: "2015-02-03 04:05:06",
    ...row,
  });
