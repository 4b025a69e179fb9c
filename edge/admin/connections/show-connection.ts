import type { CountedConnection } from "../../../db/partners/connections.ts";
import { showConnection as showToPartner } from "../../connections/connection-schemas.ts";

/** Returns a connection with the fields that partners see, and more fields for admins. */
export const showAnyConnection = (connection: CountedConnection & { partnerId: string }) => ({
  id: connection.id,
  partner_id: connection.partnerId,
  ...showToPartner(connection),
  provider_id: connection.providerId,
  provider_title: connection.providerTitle,
  kind: connection.kind,
  provider_enabled: connection.enabled,
  /** Whether each user may have their own mail server. */
  own_host: connection.ownHost,
  secret_set: connection.sealedSecret !== null,
});

/**
 * Returns the fields of a connection that go into the audit log. The secret itself is not among
 * them, only whether it is set.
 */
export const auditedConnection = (connection: CountedConnection) => ({
  imap_provider_code: connection.providerCode,
  oauth2_client_id: connection.oauth2ClientId,
  oauth1_consumer_key: connection.oauth1ConsumerKey,
  secret_set: connection.sealedSecret !== null,
});
