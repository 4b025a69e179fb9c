import { createFactory } from "hono/factory";
import * as v from "valibot";
import {
  deleteSavedFilter,
  listSavedFilters,
  MAX_SAVED_FILTERS,
  saveFilter,
} from "../../db/admin/saved-filters.ts";
import { AppError } from "../../shared/errors.ts";
import type { AppEnv } from "../app-env.ts";
import { validBody, validQuery } from "../middleware/valid.ts";
import { line } from "../text.ts";
import { isRowId } from "./row-id.ts";

const all = createFactory<AppEnv, "/saved-filters">();
const one = createFactory<AppEnv, "/saved-filters/:id">();

const path = v.pipe(
  v.string("must be a string"),
  v.regex(/^\/admin\/[\w/-]{1,100}$/, "must be the path of a screen, such as /admin/users"),
);

/** Lists the filters that the signed-in admin has saved for a screen. */
export const getSavedFilters = all.createHandlers(validQuery(v.object({ path })), async (c) => {
  const asked = c.req.valid("query");
  const found = await listSavedFilters(c.var.db, c.var.signedIn.adminId, asked.path);
  return c.json({ saved_filters: found }, 200);
});

/** Saves a filter for the signed-in admin. One of the same name and screen is replaced. */
export const postSavedFilter = all.createHandlers(
  validBody(v.strictObject({ path, query: line(2_000), name: line(60) })),
  async (c) => {
    const id = await saveFilter(c.var.db, c.var.signedIn.adminId, c.req.valid("json"));
    if (id === undefined) {
      throw new AppError(
        "conflict",
        `Cannot save the filter: you have ${MAX_SAVED_FILTERS} already, so delete one first`,
      );
    }
    return c.json({ id }, 201);
  },
);

/** Deletes a filter that the signed-in admin has saved. */
export const deleteOwnFilter = one.createHandlers(async (c) => {
  const id = c.req.param("id");
  const isDeleted =
    isRowId("flt", id) && (await deleteSavedFilter(c.var.db, c.var.signedIn.adminId, id));
  if (!isDeleted) throw new AppError("not-found", "Cannot find the saved filter");
  return c.body(null, 204);
});
