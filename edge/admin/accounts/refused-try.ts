import { MAX_TRIES, type Try } from "../../../db/admin/admin-tries.ts";
import { auditAdmin } from "../../../db/admin/admin-users.ts";
import type { Db } from "../../../db/client.ts";
import type { Query } from "../../../db/query.ts";

/**
 * Returns the query that writes an audit-log entry, if this try locked the account. Earlier wrong
 * tries are only counted.
 */
export const reportLock = (db: Db, { id, tries }: Try): readonly Query<void>[] =>
  tries === MAX_TRIES ? [auditAdmin(db, { id, actor: "sign_in", action: "admin.locked" })] : [];
