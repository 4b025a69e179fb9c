import * as v from "valibot";
import type { Purge } from "../../db/removal/purges.ts";
import { PURGE_SCOPES, PURGE_STATES } from "../../db/removal/tables.ts";

const time = v.pipe(v.string(), v.isoTimestamp());
const count = (description: string) => v.pipe(v.number(), v.integer(), v.description(description));

export const purgeAnswer = v.object({
  id: v.string(),
  scope: v.pipe(v.picklist(PURGE_SCOPES), v.description("What was removed.")),
  state: v.pipe(
    v.picklist(PURGE_STATES),
    v.description(
      "`finished` some minutes after the last user is deleted, when no work that was in progress for it can write data any more.",
    ),
  ),
  total: count("Users to remove."),
  done: count("Users that are removed so far, with all their data."),
  created_at: time,
  finished_at: v.nullable(time),
});

export const showPurge = (purge: Purge): v.InferOutput<typeof purgeAnswer> => ({
  id: purge.id,
  scope: purge.scope,
  state: purge.state,
  total: purge.total,
  done: purge.done,
  created_at: purge.createdAt.toISOString(),
  finished_at: purge.finishedAt?.toISOString() ?? null,
});
