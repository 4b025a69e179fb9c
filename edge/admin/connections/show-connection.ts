import type { CountedConnection } from "../../../db/partners/connections.ts";
import { showConnection as showToPartner } from "../../connections/connection-schemas.ts";

/** As partners see it, and whether it has a secret. */
export const showConnection = (connection: CountedConnection & { partnerId: string }) => ({
  id: connection.id,
  partner_id: connection.partnerId,
  ...showToPartner(connection),
  provider_id: connection.providerId,
  provider_title: connection.providerTitle,
  kind: connection.kind,
  provider_enabled: connection.enabled,
  /** Each user may have a host of its own. */
  own_host: connection.ownHost,
  secret_set: connection.sealedSecret !== null,
});

/** What the audit log tells of it: never the secret, only that it was given. */
export const auditedConnection = (connection: CountedConnection) => ({
  imap_provider_code: connection.providerCode,
  oauth2_client_id: connection.oauth2ClientId,
  oauth1_consumer_key: connection.oauth1ConsumerKey,
  secret_set: connection.sealedSecret !== null,
});
