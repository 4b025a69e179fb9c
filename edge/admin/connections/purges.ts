import { createFactory } from "hono/factory";
import { findPurge } from "../../../db/removal/purges.ts";
import { AppError } from "../../../shared/errors.ts";
import type { AppEnv } from "../../app-env.ts";
import { showPurge } from "../../users/purge-schemas.ts";
import { isRowId } from "../row-id.ts";

/** How far a removal is. That of a partner takes its purges with it. */
export const getPurge = createFactory<AppEnv, "/purges/:id">().createHandlers(async (c) => {
  const id = c.req.param("id");
  const purge = isRowId("prg", id) ? await findPurge(c.var.db, id) : undefined;
  if (!purge) throw new AppError("not-found", "Cannot find the removal");
  return c.json(showPurge(purge), 200);
});
