import { MAX_TRIES, type Try } from "../../../db/admin/admin-tries.ts";
import { auditAdmin } from "../../../db/admin/admin-users.ts";
import type { Db } from "../../../db/client.ts";

/** Writes an audit row for the try that locked its account. Of earlier tries only the number is stored. */
export async function reportLock(db: Db, { id, tries }: Try): Promise<void> {
  if (tries !== MAX_TRIES) return;
  await auditAdmin(db, { id, actor: "sign_in", action: "admin.locked" });
}
