import { eq } from "drizzle-orm";
import type { Db } from "./client.ts";
import { imapProviders } from "./schema.ts";

export type Provider = typeof imapProviders.$inferSelect;
export type ProviderKind = Provider["kind"];

export async function findProvider(db: Db, code: string): Promise<Provider | undefined> {
  const [provider] = await db.select().from(imapProviders).where(eq(imapProviders.code, code));
  return provider;
}
