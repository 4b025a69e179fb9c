import { type AnyColumn, getTableName, sql, type SQL } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";
import type { Ring, RowIdentity } from "../../shared/secrets/vault.ts";
import { adminUsers } from "../admin/tables.ts";
import { apiKeys, idempotencyKeys, partnerConnections, partners } from "./tables.ts";
import { commands } from "../fleet/tables.ts";
import { revocations } from "../removal/tables.ts";
import { users } from "../users/tables.ts";

/** A column of sealed secrets. */
export interface SealedColumn {
  table: PgTable;
  id: PgColumn;
  column: PgColumn;
  ring: Ring;
  /**
   * The column with the id of the row that the secret is sealed for, usually the secret's own row.
   */
  owner: PgColumn;
  identity: (ownerId: string) => RowIdentity;
  /** SQL condition: another process uses the sealed text, so the text must not change now. */
  isInUse: SQL;
}

/** Returns the name of a column with its table, for example `users.sealed_login_password`. */
export const nameColumn = ({ table, column }: SealedColumn): string =>
  `${getTableName(table)}.${column.name}`;

type WithId = PgTable & { id: PgColumn };
type Special = Partial<Pick<SealedColumn, "owner" | "identity" | "isInUse">>;

/**
 * Describes a column whose secrets are sealed for their own row: for example, `sealed_key` of
 * `api_keys` is sealed for `api_keys/<id>/key`.
 */
function sealed(ring: Ring, table: WithId, column: PgColumn, special: Special = {}): SealedColumn {
  const secret = column.name.replace(/^sealed_/, "");
  const identity = (id: string): RowIdentity => `${getTableName(table)}/${id}/${secret}`;
  return {
    table,
    id: table.id,
    column,
    ring,
    owner: table.id,
    identity,
    isInUse: NEVER,
    ...special,
  };
}

const NEVER = sql`false`;

/**
 * SQL condition: the user's sealed refresh tokens must not change now, because a refresh may be in
 * progress. A refresh saves its new token only if the stored token is unchanged. If the database is
 * unreachable, the refresh may save the new token up to an hour after the end of its lease. If the
 * process crashes during a refresh, the condition also stays true for that hour.
 */
const isRefreshed = sql`coalesce(${unqualified(users.refreshLeaseUntil)} > now() - interval '1 hour', false)`;

const refreshToken = (userId: string): RowIdentity => `users/${userId}/refresh_token`;
const clientSecret = (connectionId: string): RowIdentity =>
  `partner_connections/${connectionId}/oauth2_client_secret`;

/** All columns of sealed secrets. A test compares the list with the schema. */
export const SEALED_COLUMNS: readonly SealedColumn[] = [
  sealed("partner", partners, partners.sealedWebhookSecret),
  sealed("partner", partners, partners.sealedPreviousWebhookSecret),
  sealed("partner", partners, partners.sealedSigningKey),
  sealed("partner", partners, partners.sealedPreviousSigningKey),
  sealed("partner", partners, partners.sealedNewMailWebhook),
  sealed("partner", partners, partners.sealedUserConnectedWebhook),
  sealed("partner", partners, partners.sealedUserDisconnectedWebhook),
  sealed("partner", partners, partners.sealedUserAuthFailedWebhook),
  sealed("partner", apiKeys, apiKeys.sealedKey),
  sealed("partner", idempotencyKeys, idempotencyKeys.sealedAnswer),
  sealed("partner", partnerConnections, partnerConnections.sealedOauth2ClientSecret),
  sealed("partner", partnerConnections, partnerConnections.sealedOauth1ConsumerSecret),
  sealed("partner", adminUsers, adminUsers.sealedTotpSecret),
  sealed("mailbox", users, users.sealedLoginPassword),
  sealed("mailbox", users, users.sealedRefreshToken, { isInUse: isRefreshed }),
  sealed("mailbox", users, users.sealedPreviousRefreshToken, {
    identity: refreshToken,
    isInUse: isRefreshed,
  }),
  sealed("mailbox", users, users.sealedOauth1Token),
  sealed("mailbox", revocations, revocations.sealedToken, {
    owner: revocations.userId,
    identity: refreshToken,
  }),
  sealed("partner", revocations, revocations.sealedClientSecret, {
    owner: revocations.connectionId,
    identity: clientSecret,
  }),
  sealed("mailbox", commands, commands.sealedRequest),
  sealed("partner", commands, commands.sealedAnswer),
  sealed("partner", commands, commands.sealedContinuation),
];

function unqualified(column: AnyColumn) {
  return sql.identifier(column.name);
}
