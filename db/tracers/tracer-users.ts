import { and, eq, inArray, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { imapProviders, partnerConnections } from "../partners/tables.ts";
import { users } from "../users/tables.ts";
import { IS_WATCHED } from "../users/watched-users.ts";

/** Lists the users among `userIds` that are watched and may get tracers. */
export function listTracerUsers(db: Db, userIds: readonly string[]) {
  return db
    .select({
      userId: users.id,
      email: users.email,
      loginUsername: users.loginUsername,
      smtpHost: imapProviders.smtpHost,
      smtpPort: imapProviders.smtpPort,
      smtpStarttls: imapProviders.smtpStarttls,
    })
    .from(users)
    .innerJoin(partnerConnections, eq(partnerConnections.id, users.connectionId))
    .innerJoin(imapProviders, eq(imapProviders.id, partnerConnections.providerId))
    .where(
      and(
        users.enableTracer,
        eq(users.state, "watching"),
        IS_WATCHED,
        // Passes any number of ids as one parameter.
        inArray(
          users.id,
          sql`(select jsonb_array_elements_text(${JSON.stringify(userIds)}::jsonb))`,
        ),
      ),
    )
    .orderBy(users.id);
}

export type TracerUser = Awaited<ReturnType<typeof listTracerUsers>>[number];
