import { and, eq } from "drizzle-orm";
import type { Db } from "../client.ts";
import { partners } from "./tables.ts";

/** Finds a partner's logo. Undefined when the partner has no logo with this digest. */
export async function findLogo(
  db: Db,
  partnerId: string,
  digest: string,
): Promise<{ type: string; base64: string } | undefined> {
  const [row] = await db
    .select({ type: partners.logoType, base64: partners.logoBase64 })
    .from(partners)
    .where(and(eq(partners.id, partnerId), eq(partners.logoDigest, digest)));
  const { type, base64 } = row ?? {};
  return typeof type === "string" && typeof base64 === "string" ? { type, base64 } : undefined;
}
