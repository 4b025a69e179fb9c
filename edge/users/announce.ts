import type { Db } from "../../db/client.ts";
import type { Connection } from "../../db/partners/connections.ts";
import { enqueueEvent } from "../../db/mail/outbox.ts";
import { wantedUserEvents } from "../../db/partners/partners.ts";
import type { User } from "../../db/users/users.ts";
import { newId } from "../../shared/ids.ts";
import { sha1Hex } from "../../shared/mail/rfc822.ts";

interface Scope {
  partnerId: string;
  connection: Pick<Connection, "providerCode">;
}

/** Enqueues the event for the partner, unless the partner does not want events of this kind. */
export async function announce(
  tx: Db,
  scope: Scope,
  user: Pick<User, "id" | "tag" | "email">,
  kind: "user_connected" | "user_disconnected",
): Promise<void> {
  const wanted = await wantedUserEvents(tx, scope.partnerId);
  if (!wanted[kind]) return;
  const common = {
    id: newId("evt"),
    partner_id: scope.partnerId,
    user_id: user.id,
    user_tag: user.tag,
    imap_provider_code: scope.connection.providerCode,
    created_at_ms: Date.now(),
    sha1: sha1Hex(user.tag),
  };
  await enqueueEvent(
    tx,
    kind === "user_connected" ? { ...common, kind, email: user.email } : { ...common, kind },
  );
}
