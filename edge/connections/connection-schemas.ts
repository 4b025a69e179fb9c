import * as v from "valibot";
import type { CountedConnection } from "../../db/partners/connections.ts";
import { clearable, line, secret } from "../text.ts";

const clientId = v.pipe(
  line(512),
  v.description("The id of the partner's OAuth client; OAuth 2 only."),
);
const clientSecret = v.pipe(
  secret(1_024),
  v.description("Stored encrypted and never shown; OAuth 2 only."),
);
const consumerKey = v.pipe(
  line(512),
  v.description("The key of the partner's OAuth consumer; OAuth 1.0a only."),
);
const consumerSecret = v.pipe(
  secret(1_024),
  v.description("Stored encrypted and never shown; OAuth 1.0a only."),
);

const clientFields = {
  oauth2_client_id: v.exactOptional(clearable(clientId)),
  oauth2_client_secret: v.exactOptional(clearable(clientSecret)),
  oauth1_consumer_key: v.exactOptional(clearable(consumerKey)),
  oauth1_consumer_secret: v.exactOptional(clearable(consumerSecret)),
};

export const newConnection = v.strictObject({
  imap_provider_code: v.pipe(line(64), v.examples(["PLAIN", "GMAIL_OAUTH2"])),
  ...clientFields,
});

export const changedConnection = v.strictObject(clientFields);
export type NewConnection = v.InferOutput<typeof newConnection>;
export type ChangedConnection = v.InferOutput<typeof changedConnection>;

export const connectionAnswer = v.object({
  imap_provider_code: v.string(),
  users_count: v.pipe(
    v.number(),
    v.integer(),
    v.description("The number of users, including archived ones."),
  ),
  oauth2_client_id: v.exactOptional(
    v.pipe(v.nullable(v.string()), v.description("OAuth 2 providers only.")),
  ),
  oauth1_consumer_key: v.exactOptional(
    v.pipe(v.nullable(v.string()), v.description("OAuth 1.0a providers only.")),
  ),
});
export type ConnectionAnswer = v.InferOutput<typeof connectionAnswer>;

type Shown = Pick<
  CountedConnection,
  "providerCode" | "kind" | "usersCount" | "oauth2ClientId" | "oauth1ConsumerKey"
>;

export const showConnection = (connection: Shown): ConnectionAnswer => ({
  imap_provider_code: connection.providerCode,
  users_count: connection.usersCount,
  ...(connection.kind === "oauth2" && { oauth2_client_id: connection.oauth2ClientId }),
  ...(connection.kind === "oauth1" && { oauth1_consumer_key: connection.oauth1ConsumerKey }),
});
