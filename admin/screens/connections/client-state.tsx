import { Badge } from "../../parts/states/badge.tsx";
import type { Connection } from "./connection-answer.ts";

/** Whether the partner's OAuth client is set. The secret itself is never shown. */
export function ClientState({ connection }: { connection: Connection }) {
  const { kind, secret_set } = connection;
  if (kind === "plain") return <span class="muted">needs none</span>;
  const client = clientOf(connection);
  return (
    <span class="badges">
      {client === null ? <Badge tone="bad">no client id</Badge> : <code>{client}</code>}
      {secret_set ? (
        <Badge tone="good">secret set</Badge>
      ) : (
        <Badge tone="busy">secret not set</Badge>
      )}
    </span>
  );
}

export const clientOf = ({ oauth2_client_id, oauth1_consumer_key }: Connection): string | null =>
  oauth2_client_id ?? oauth1_consumer_key ?? null;
