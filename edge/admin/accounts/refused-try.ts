import { MAX_TRIES, type Try } from "../../../db/admin/admin-tries.ts";
import { auditAdmin } from "../../../db/admin/admin-users.ts";
import type { Db } from "../../../db/client.ts";

/**
 * Writes an audit-log entry if this try locked the account. Earlier wrong tries are only counted.
 */
export async function reportLock(db: Db, { id, tries }: Try): Promise<void> {
  if (tries !== MAX_TRIES) return;
  await auditAdmin(db, { id, actor: "sign_in", action: "admin.locked" });
}
