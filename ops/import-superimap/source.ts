import pg from "pg";
import * as v from "valibot";
import { toErrorText } from "../../shared/errors.ts";
import {
  connectionRow,
  mailLogRow,
  partnerRow,
  providerRow,
  userRow,
  type ConnectionRow,
  type MailLogRow,
  type PartnerRow,
  type ProviderRow,
  type UserRow,
} from "./source-rows.ts";

/** A read-only snapshot of a SuperIMAP database. */
export interface Source extends AsyncDisposable {
  /** The name of the database. */
  name: string;
  /** Seconds since the last heartbeat of a SuperIMAP daemon; null when there was none. */
  lastHeartbeatS(): Promise<number | null>;
  /** Counts the webhooks that SuperIMAP has not sent yet. */
  waitingWebhooks(): Promise<number>;
  /** Returns some of SuperIMAP's encrypted secrets. */
  someSecrets(limit: number): Promise<string[]>;
  providers(): Promise<ProviderRow[]>;
  partners(): Promise<PartnerRow[]>;
  connections(): Promise<ConnectionRow[]>;
  /** Reads users sorted by id; `after` is the last id of the previous page. */
  users(connectionId: number, page: { after: number; limit: number }): Promise<UserRow[]>;
  mailLogs(page: MailLogPage): Promise<MailLogRow[]>;
}

export interface MailLogPage {
  userIds: readonly number[];
  since: Date;
  after: number;
  limit: number;
}

/** Columns that only SuperIMAP's tables have. */
const HALLMARKS = ["partners.api_key", "users.last_uid_validity", "mail_logs.sha1"];
const OUR_HALLMARK = "partners.sealed_webhook_secret";
const CONNECT_TIMEOUT_MS = 15_000;
const ENCRYPTED = "U2FsdGVkX1%";

/**
 * Opens SuperIMAP's database for reading only.
 * @throws when the database is unreachable, or is not a SuperIMAP database.
 */
export async function openSource(url: string): Promise<Source> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: "superimap-import",
  });
  // Without a listener, the loss of an idle connection would be an uncaught exception. The listener
  // does nothing, because the next query fails anyway.
  client.on("error", () => undefined);
  await using opened = new AsyncDisposableStack();
  try {
    await client.connect();
    opened.defer(() => client.end());
  } catch (cause) {
    const found = toErrorText(cause) || "nothing answers there";
    throw new Error(`Cannot open SuperIMAP's database: ${found}`, { cause });
  }
  await client.query("begin transaction isolation level repeatable read, read only");
  await expectSuperimap(client);
  const owned = opened.move();
  return { ...(await createReader(client)), [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

async function expectSuperimap(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select table_name || '.' || column_name as name from information_schema.columns
     where table_schema = any(current_schemas(false))`,
  );
  const found = new Set(rows.map(({ name }) => name));
  if (found.has(OUR_HALLMARK)) {
    throw new Error("Cannot import: --from names a database of this product, wanted SuperIMAP's");
  }
  const missing = HALLMARKS.filter((name) => !found.has(name));
  if (missing.length === 0) return;
  throw new Error(`Cannot import: --from is not a SuperIMAP database, it has no ${missing[0]}`);
}

/**
 * Returns SQL that selects these columns as times in UTC. SuperIMAP's columns have no time zone.
 */
const utc = (...names: string[]) =>
  names.map((name) => `${name} at time zone 'utc' as ${name}`).join(", ");

async function createReader(client: pg.Client): Promise<Omit<Source, keyof AsyncDisposable>> {
  const readRows = async <S extends v.GenericSchema>(
    schema: S,
    sql: string,
    values: unknown[] = [],
  ): Promise<v.InferOutput<S>[]> =>
    v.parse(v.array(schema), (await client.query(sql, values)).rows);
  const one = async (sql: string) =>
    (await readRows(v.object({ value: v.nullable(v.number()) }), sql))[0]?.value ?? null;
  const [database] = await readRows(
    v.object({ name: v.string() }),
    "select current_database() as name",
  );
  return {
    name: database?.name ?? "",
    lastHeartbeatS: () =>
      one(`select extract(epoch from now() - max(updated_at) at time zone 'utc')::int as value
           from imap_daemon_heartbeats`),
    waitingWebhooks: async () =>
      (await one(`select count(*)::int as value from delayed_jobs
                  where failed_at is null and handler like '%Webhook%'`)) ?? 0,
    someSecrets: async (limit) =>
      (await readRows(v.object({ secret: v.string() }), SOME_SECRETS, [ENCRYPTED, limit])).map(
        ({ secret }) => secret,
      ),
    providers: () => readRows(providerRow, "select * from imap_providers order by id"),
    partners: () =>
      readRows(partnerRow, `select *, ${utc("created_at")} from partners order by id`),
    connections: () =>
      readRows(
        connectionRow,
        `select *, ${utc("created_at")},
           (select count(*)::int from users where partner_connection_id = partner_connections.id) as users
         from partner_connections order by id`,
      ),
    users: (connectionId, { after, limit }) =>
      readRows(userRow, USERS, [connectionId, after, limit]),
    mailLogs: ({ userIds, since, after, limit }) =>
      readRows(mailLogRow, MAIL_LOGS, [userIds, since.toISOString(), after, limit]),
  };
}

const SOME_SECRETS = `
  select secret from (
    select oauth2_client_secret as secret from partner_connections
    union all select login_password from users
    union all select oauth2_refresh_token from users
  ) as secrets where secret like $1 limit $2`;

const USERS = `
  select *, ${utc("last_internal_date", "last_email_at", "last_login_at", "connected_at", "created_at", "updated_at")}
  from users where partner_connection_id = $1 and id > $2 order by id limit $3`;

const MAIL_LOGS = `
  select *, ${utc("created_at")} from mail_logs
  where user_id = any($1::int[]) and created_at >= $2::timestamptz at time zone 'utc' and id > $3
  order by id limit $4`;
