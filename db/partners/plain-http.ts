import { and, eq, ilike, isNull, or, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { partners } from "./tables.ts";

/**
 * Counts partners with a webhook over plain HTTP but without permission for it. Such webhooks are
 * not called.
 */
export async function countUnmarkedPlainHttp(db: Db): Promise<number> {
  const webhooks = [
    partners.newMailWebhook,
    partners.userConnectedWebhook,
    partners.userDisconnectedWebhook,
    partners.userAuthFailedWebhook,
  ];
  const isPlain = or(...webhooks.map((webhook) => ilike(webhook, "http://%")));
  const [counted] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(partners)
    .where(and(eq(partners.allowPlainHttp, false), isNull(partners.removedAt), isPlain));
  return counted?.count ?? 0;
}
