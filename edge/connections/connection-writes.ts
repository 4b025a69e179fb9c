import type { Db } from "../../db/client.ts";
import {
  type Connection,
  type ConnectionChange,
  type CountedConnection,
  countUsers,
  findConnection,
  insertConnection,
  lockConnection,
  updateConnection,
} from "../../db/partners/connections.ts";
import { enqueuePartnerChanged } from "../../db/mail/outbox.ts";
import type { Provider } from "../../db/partners/providers.ts";
import { touchUsersOfConnection } from "../../db/users/touch-users.ts";
import { AppError } from "../../shared/errors.ts";
import { newId } from "../../shared/ids.ts";
import type { Sealer } from "../../shared/secrets/vault.ts";
import { invalidInput } from "../invalid-input.ts";
import { isStorable } from "../text.ts";
import type { ChangedConnection } from "./connection-schemas.ts";

interface WriteDeps {
  tx: Db;
  vault: Sealer;
}

/** Creates a connection, and pokes the fleet to read it now. */
export async function createConnection(
  { tx, vault }: WriteDeps,
  { partnerId, provider }: { partnerId: string; provider: Provider },
  fields: ChangedConnection,
): Promise<CountedConnection> {
  const id = newId("con");
  const change = await sealChange(vault, id, fields);
  if (!(await insertConnection(tx, { ...change, id, partnerId, providerId: provider.id }))) {
    throw new AppError("conflict", "Cannot create the connection: it exists already", {
      fields: [{ pointer: "/imap_provider_code", detail: "has a connection already" }],
    });
  }
  await enqueuePartnerChanged(tx, partnerId);
  return { ...(await mustFindConnection(tx, partnerId, provider.code)), usersCount: 0 };
}

/**
 * Writes the fields whose values change, and pokes the fleet to read them now. Does nothing when no
 * value changes.
 *
 * @param connection The connection, read while its row was locked.
 */
export async function changeConnection(
  { tx, vault }: WriteDeps,
  { partnerId, connection }: { partnerId: string; connection: CountedConnection },
  fields: ChangedConnection,
): Promise<CountedConnection> {
  const { usersCount } = connection;
  const change = await sealChange(vault, connection.id, fields, connection);
  if (Object.keys(change).length === 0) return connection;
  await updateConnection(tx, connection.id, change);
  await touchUsersOfConnection(tx, connection.id);
  await enqueuePartnerChanged(tx, partnerId);
  return { ...(await mustFindConnection(tx, partnerId, connection.providerCode)), usersCount };
}

/**
 * Locks the connection until the transaction ends.
 *
 * @throws {AppError} when the connection was removed.
 */
export async function lockCounted(
  tx: Db,
  partnerId: string,
  { id, providerCode }: Connection,
): Promise<CountedConnection> {
  await lockConnection(tx, id);
  const connection = await mustFindConnection(tx, partnerId, providerCode);
  return { ...connection, usersCount: await countUsers(tx, connection.id) };
}

/**
 * Finds the partner's connection to this provider.
 * @throws {AppError} when there is no such connection.
 */
export async function mustFindConnection(
  db: Db,
  partnerId: string,
  code: string,
): Promise<Connection> {
  const connection = isStorable(code) ? await findConnection(db, partnerId, code) : undefined;
  if (!connection) throw connectionNotFound();
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
