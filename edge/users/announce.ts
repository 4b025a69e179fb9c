import type { Db } from "../../db/client.ts";
import type { Connection } from "../../db/partners/connections.ts";
import { toEventQueries } from "../../db/mail/outbox.ts";
import { wantedUserEvents, type WantedUserEvents } from "../../db/partners/partners.ts";
import { type Query, runInOrder } from "../../db/query.ts";
import type { User } from "../../db/users/users.ts";
import { newId } from "../../shared/ids.ts";
import { sha1Hex } from "../../shared/mail/rfc822.ts";

interface Scope {
  partnerId: string;
  connection: Pick<Connection, "providerCode">;
}
type AnnouncedUser = Pick<User, "id" | "tag" | "email">;
export type AnnouncedKind = keyof WantedUserEvents;

/** Enqueues the event for the partner, unless the partner does not want events of this kind. */
export async function announce(
  tx: Db,
  scope: Scope,
  user: AnnouncedUser,
  kind: AnnouncedKind,
): Promise<void> {
  const wanted = await wantedUserEvents(tx, scope.partnerId);
  await runInOrder(planEvent(scope, user, { kind, wanted })(tx));
}

/** Returns the queries of `announce()`. */
export function planEvent(
  scope: Scope,
  user: AnnouncedUser,
  { kind, wanted }: { kind: AnnouncedKind; wanted: WantedUserEvents },
): (tx: Db) => readonly Query<void>[] {
  if (!wanted[kind]) return () => [];
  const common = {
    id: newId("evt"),
    partner_id: scope.partnerId,
    user_id: user.id,
    user_tag: user.tag,
    imap_provider_code: scope.connection.providerCode,
    created_at_ms: Date.now(),
    sha1: sha1Hex(user.tag),
  };
  const event =
    kind === "user_connected" ? { ...common, kind, email: user.email } : { ...common, kind };
  return (tx) => toEventQueries(tx, event);
}
