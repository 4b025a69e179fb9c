import * as v from "valibot";
import type { CountedConnection } from "../../db/connections.ts";
import { clearable, line, secret } from "./text.ts";

const clientId = v.pipe(line(512), v.description("Of the partner's OAuth client; OAuth 2 only."));
const clientSecret = v.pipe(
  secret(1_024),
  v.description("Kept sealed and never shown; OAuth 2 only."),
);

export const newConnection = v.strictObject({
  imap_provider_code: v.pipe(line(64), v.examples(["PLAIN", "GMAIL_OAUTH2"])),
  oauth2_client_id: v.exactOptional(clearable(clientId)),
  oauth2_client_secret: v.exactOptional(clearable(clientSecret)),
});

export const changedConnection = v.strictObject({
  oauth2_client_id: v.exactOptional(clearable(clientId)),
  oauth2_client_secret: v.exactOptional(clearable(clientSecret)),
});

export const connectionAnswer = v.object({
  imap_provider_code: v.string(),
  users_count: v.pipe(v.number(), v.integer(), v.description("All users, archived ones too.")),
  oauth2_client_id: v.exactOptional(
    v.pipe(v.nullable(v.string()), v.description("OAuth 2 providers only.")),
  ),
});
export type ConnectionAnswer = v.InferOutput<typeof connectionAnswer>;

export const showConnection = (connection: CountedConnection): ConnectionAnswer => ({
  imap_provider_code: connection.providerCode,
  users_count: connection.usersCount,
  ...(connection.kind === "oauth2" && { oauth2_client_id: connection.oauth2ClientId }),
});
