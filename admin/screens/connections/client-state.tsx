import { Badge } from "../../parts/states/badge.tsx";
import type { ShownConnection } from "./connection-answer.ts";

/**
 * Shows the id of the partner's OAuth client, and whether the client's secret is set. The secret
 * itself is never shown.
 */
export function ClientState({ connection }: { connection: ShownConnection }) {
  const { kind, secret_set } = connection;
  if (kind === "plain") return <span class="muted">needs none</span>;
  const client = findClientId(connection);
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

export const findClientId = ({
  oauth2_client_id,
  oauth1_consumer_key,
}: ShownConnection): string | null => oauth2_client_id ?? oauth1_consumer_key ?? null;
