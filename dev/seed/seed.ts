import pg from "pg";
import * as v from "valibot";
import { openTcpDatabase } from "../../db/drivers/tcp-database.ts";
import { createPartner } from "../../db/partners/partners.ts";
import { partnerKeys, partnerVault } from "../../shared/secrets/vault.ts";
import { oauthEndpoints } from "../servers/authorization-server.ts";
import { providerColumns } from "../servers/authorization-server/provider-columns.ts";
import { HOST } from "../stack/ports.ts";
import { postgresUrl } from "../servers/postgres.ts";
import { readJsonFile, writePrivateFile } from "../processes/private-file.ts";
import type { StackContext } from "../stack/stack-context.ts";

export const PROVIDER = "PLAIN";
export const OAUTH_PROVIDER = "DEMO_OAUTH2";
export const PARTNER_NAME = "Demo";

const text = v.pipe(v.string(), v.nonEmpty());
const demoPartner = v.strictObject({ id: text, api_key: text, webhook_secret: text });
export type DemoPartner = v.InferOutput<typeof demoPartner>;

/**
 * Creates the demo partner, whose webhooks go to the sink. Also creates two providers for the demo
 * mail server: with passwords, and with OAuth 2. Existing rows stay and get the current ports.
 */
export async function seedPartner(context: StackContext, sinkUrl: string): Promise<DemoPartner> {
  const { ports, folder } = context;
  const client = new pg.Client({ connectionString: postgresUrl(context) });
  await client.connect();
  try {
    const kept = await readJsonFile(folder.partnerFile, demoPartner);
    const known = await client.query("select from partners where id = $1", [kept?.id]);
    const partner = kept && known.rowCount === 1 ? kept : await newPartner(context);
    await client.query(
      `update partners set new_mail_webhook = $2, user_connected_webhook = $3,
         user_disconnected_webhook = $4, user_auth_failed_webhook = $5 where id = $1`,
      [partner.id, ...WEBHOOK_PATHS.map((path) => sinkUrl + path)],
    );
    await client.query(
      `update imap_providers set imap_host = $2, imap_port = $3, imap_security = 'tls',
         smtp_host = $2, smtp_port = $4, smtp_starttls = false where code = $1`,
      [PROVIDER, HOST, ports.imaps, ports.smtp],
    );
    await keepOauthProvider(client, context);
    return partner;
  } finally {
    await client.end();
  }
}

async function keepOauthProvider(client: pg.Client, context: StackContext): Promise<void> {
  const { imaps, smtp } = context.ports;
  const columns = {
    id: "prv_demo_oauth2",
    code: OAUTH_PROVIDER,
    title: "Demo provider (OAuth 2)",
    imap_host: HOST,
    imap_port: imaps,
    imap_security: "tls",
    smtp_host: HOST,
    smtp_port: smtp,
    smtp_starttls: false,
    ...providerColumns(oauthEndpoints(context)),
  };
  const names = Object.keys(columns);
  await client.query(
    `insert into imap_providers (${names.join(", ")})
     values (${names.map((_, index) => `$${index + 1}`).join(", ")})
     on conflict (code) do update set ${names.map((name) => `${name} = excluded.${name}`).join(", ")}`,
    Object.values(columns),
  );
}

const WEBHOOK_PATHS = ["/new_mail", "/user_connected", "/user_disconnected", "/user_auth_failed"];

async function newPartner(context: StackContext): Promise<DemoPartner> {
  const { keys, folder } = context;
  await using database = openTcpDatabase({ url: postgresUrl(context), maxConnections: 1 });
  const vault = partnerVault(v.parse(partnerKeys, keys.partner_keys));
  const made = await createPartner(database.db, vault, { name: PARTNER_NAME });
  const partner = { id: made.id, api_key: made.apiKey, webhook_secret: made.webhookSecret };
  await writePrivateFile(folder.partnerFile, JSON.stringify(partner, null, 2));
  return partner;
}
