import { createFactory } from "hono/factory";
import * as v from "valibot";
import { countUpTo } from "../../db/count-up-to.ts";
import { type ListedAudit, listAudit, selectMatchingAudit } from "../../db/admin/audit-log.ts";
import type { AppEnv } from "../app-env.ts";
import { validQuery } from "../middleware/valid.ts";
import { line } from "../text.ts";
import { cutPage, oneMore, pageFields, sortField } from "./page.ts";

const factory = createFactory<AppEnv, "/audit-log">();

const name = v.optional(line(200));
const time = v.optional(
  v.pipe(
    v.string(),
    v.isoTimestamp("must be a time like 2026-11-22T20:00:00Z"),
    v.transform((text) => new Date(text)),
  ),
);

/** Lists the audit log, newest first if no other order is requested. */
export const getAuditLog = factory.createHandlers(
  validQuery(
    v.object({
      ...pageFields("aud"),
      sort: sortField(["-at", "at"]),
      actor: name,
      action: name,
      subject_type: name,
      subject_id: name,
      since: time,
      until: time,
    }),
  ),
  async (c) => {
    const { limit, cursor, sort, subject_type, subject_id, ...asked } = c.req.valid("query");
    const { db } = c.var;
    const query = { ...asked, subjectType: subject_type, subjectId: subject_id };
    const page = { isOldestFirst: sort === "at", after: cursor, limit: oneMore(limit) };
    const { rows, next_cursor } = cutPage(await listAudit(db, query, page), limit);
    const total = await countUpTo(db, selectMatchingAudit(db, query));
    return c.json({ entries: rows.map(showEntry), next_cursor, total }, 200);
  },
);

const showEntry = (entry: ListedAudit) => ({
  id: entry.id,
  at: entry.at.toISOString(),
  actor: entry.actor,
  actor_name: entry.actorName,
  /** Whether the admin used an API token. Its id is the second part of `actor`. */
  by_api_token: entry.actor.includes("/"),
  action: entry.action,
  subject_type: entry.subjectType,
  subject_id: entry.subjectId,
  details: entry.details,
  before: entry.before,
  after: entry.after,
});
