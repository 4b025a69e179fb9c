import { newId } from "../shared/ids.ts";
import type { Db } from "./client.ts";
import { auditLog } from "./schema.ts";

/** Who did what to what. Details name ids, numbers and settings, never secrets or personal data. */
export interface AuditEntry {
  /** `partner:<id>`, or the part of the program that acted by itself: `webhook`. */
  actor: string;
  /** Noun.verb in the past, as in the log: `user.archived`. */
  action: string;
  subjectType: "user" | "partner" | "connection" | "api_key";
  subjectId: string;
  details: Readonly<Record<string, string | number | boolean | null>>;
}

/** Commits with what it tells of. */
export async function recordAudit(tx: Db, entry: AuditEntry): Promise<void> {
  await tx.insert(auditLog).values({ id: newId("aud"), ...entry });
}
