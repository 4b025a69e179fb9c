import { createFactory } from "hono/factory";
import { findPurge } from "../../../db/removal/purges.ts";
import { AppError } from "../../../shared/errors.ts";
import type { AppEnv } from "../../app-env.ts";
import { showPurge } from "../../users/purge-schemas.ts";
import { isRowId } from "../row-id.ts";

/**
 * Returns the progress of a purge. At the end of a partner's removal, the partner's row is deleted,
 * together with the partner's purges. After that, the answer is a 404.
 */
export const getAnyPurge = createFactory<AppEnv, "/purges/:id">().createHandlers(async (c) => {
  const id = c.req.param("id");
  const purge = isRowId("prg", id) ? await findPurge(c.var.db, id) : undefined;
  if (!purge) throw new AppError("not-found", "Cannot find the removal");
  return c.json(showPurge(purge), 200);
});
