import { MAX_TRIES, type Try } from "../../../db/admin/admin-tries.ts";
import { auditAdmin } from "../../../db/admin/admin-users.ts";
import type { Db } from "../../../db/client.ts";

/** Tells of the try that locked its account; of those before it nothing is kept but their number. */
export async function tellOfLock(db: Db, { id, tries }: Try): Promise<void> {
  if (tries !== MAX_TRIES) return;
  await auditAdmin(db, { id, actor: "sign_in", action: "admin.locked" });
}
