import { type Db, findConstraint } from "../../db/client.ts";
import type { Query } from "../../db/query.ts";
import {
  type Connection,
  type ConnectionChange,
  type CountedConnection,
  insertConnection,
  updateConnection,
} from "../../db/partners/connections.ts";
import { enqueuePartnerChanged } from "../../db/mail/outbox.ts";
import type { Provider } from "../../db/partners/providers.ts";
import { touchUsersOfConnection } from "../../db/users/touch-users.ts";
import { AppError } from "../../shared/errors.ts";
import { newId } from "../../shared/ids.ts";
import type { Sealer } from "../../shared/secrets/vault.ts";
import { invalidInput } from "../invalid-input.ts";
import type { ChangedConnection } from "./connection-schemas.ts";

/** A decided write: the connection after it, and its queries. */
export interface PlannedConnection {
  connection: CountedConnection;
  build: (tx: Db) => readonly Query<unknown>[];
}

/** Decides to create a connection, and to poke the fleet to read it now. */
export async function planNewConnection(
  vault: Sealer,
  { partnerId, provider }: { partnerId: string; provider: Provider },
  fields: ChangedConnection,
): Promise<PlannedConnection> {
  const id = newId("con");
  const change = await sealChange(vault, id, fields);
  const connection = {
    id,
    providerId: provider.id,
    providerCode: provider.code,
    providerTitle: provider.title,
    kind: provider.kind,
    enabled: provider.enabled,
    ownHost: provider.ownHost,
    oauth2ClientId: null,
    oauth1ConsumerKey: null,
    sealedSecret: null,
    usersCount: 0,
  };
  return {
    connection: afterChange(connection, change),
    build: (tx) => [
      insertConnection(tx, { ...change, id, partnerId, providerId: provider.id }),
      enqueuePartnerChanged(tx, partnerId),
    ],
  };
}

/**
 * Runs a write that creates a connection.
 * @throws {AppError} when the partner already has a connection to this provider.
 */
export async function refusingSecondConnection<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    if (findConstraint(cause) !== "partner_connections_pair") throw cause;
    throw new AppError("conflict", "Cannot create the connection: it exists already", {
      cause,
      fields: [{ pointer: "/imap_provider_code", detail: "has a connection already" }],
    });
  }
}

/**
 * Decides to write the fields whose values change, and to poke the fleet to read them now. Returns
 * the same connection when no value changes.
 */
export async function planConnectionChange(
  vault: Sealer,
  { partnerId, connection }: { partnerId: string; connection: CountedConnection },
  fields: ChangedConnection,
): Promise<PlannedConnection> {
  const { id } = connection;
  const change = await sealChange(vault, id, fields, connection);
  if (Object.keys(change).length === 0) return { connection, build: () => [] };
  return {
    connection: afterChange(connection, change),
    build: (tx) => [
      updateConnection(tx, id, change),
      touchUsersOfConnection(tx, id),
      enqueuePartnerChanged(tx, partnerId),
    ],
  };
}

/** A connection has the secret of OAuth 2 or that of OAuth 1.0a, never both. */
function afterChange(
  connection: CountedConnection,
  { sealedOauth2ClientSecret, sealedOauth1ConsumerSecret, ...shown }: ConnectionChange,
): CountedConnection {
  const secret =
    sealedOauth2ClientSecret === undefined ? sealedOauth1ConsumerSecret : sealedOauth2ClientSecret;
  return { ...connection, ...shown, ...(secret !== undefined && { sealedSecret: secret }) };
}

/** @throws {AppError} when there is no such connection. */
export function existing<T>(connection: T | undefined): T {
  if (connection === undefined) throw connectionNotFound();
  return connection;
}

export const connectionNotFound = () => new AppError("not-found", "Cannot find the connection");

/**
 * Returns the provider if a connection may use it.
 * @throws {AppError} when there is no such provider, or it is switched off.
 */
export function usable(provider: Provider | undefined): Provider {
  const refuse = (detail: string) => invalidInput([{ pointer: "/imap_provider_code", detail }]);
  if (!provider) throw refuse("is not the code of a provider");
  if (provider.enabled) return provider;
  const reason = provider.disabledReason === null ? "" : `: ${provider.disabledReason}`;
  throw refuse(`is a provider that is switched off${reason}`);
}

/**
 * Returns the columns to write. A secret in the request always counts as changed. A client id
 * counts as changed only if it differs.
 */
async function sealChange(
  vault: Sealer,
  id: string,
  fields: ChangedConnection,
  current?: Connection,
): Promise<ConnectionChange> {
  const change: ConnectionChange = {};
  const { oauth2_client_id: clientId, oauth1_consumer_key: consumerKey } = fields;
  const { oauth2_client_secret: clientSecret, oauth1_consumer_secret: consumerSecret } = fields;
  const sealed = async (column: string, secret: string | null) =>
    secret === null ? null : vault.seal(`partner_connections/${id}/${column}`, secret);
  if (clientId !== undefined && clientId !== current?.oauth2ClientId) {
    change.oauth2ClientId = clientId;
  }
  if (consumerKey !== undefined && consumerKey !== current?.oauth1ConsumerKey) {
    change.oauth1ConsumerKey = consumerKey;
  }
  if (clientSecret !== undefined) {
    change.sealedOauth2ClientSecret = await sealed("oauth2_client_secret", clientSecret);
  }
  if (consumerSecret !== undefined) {
    change.sealedOauth1ConsumerSecret = await sealed("oauth1_consumer_secret", consumerSecret);
  }
  return change;
}
