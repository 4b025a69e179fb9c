import type { Context } from "hono";
import { createFactory } from "hono/factory";
import * as v from "valibot";
import { countUpTo } from "../../../db/count-up-to.ts";
import { searchUsers, selectMatchingUsers } from "../../../db/users/user-list.ts";
import { USER_ORDERS } from "../../../db/users/user-orders.ts";
import type { AppEnv } from "../../app-env.ts";
import { invalidInput } from "../../invalid-input.ts";
import { validBody, validQuery } from "../../middleware/valid.ts";
import { oneMore, pageFields, sortField } from "../page.ts";
import { showAnyUser, showFoundUser } from "./show-user.ts";
import { decodeUserPosition, encodeUserPosition } from "./user-cursor.ts";
import { editUser, makeUser, mustFindAnyUser } from "./user-edits.ts";
import { changedUserWithTracer, newUserWithTracer, userSearch } from "./user-fields.ts";

const all = createFactory<AppEnv, "/users">();
const ofConnection = createFactory<AppEnv, "/connections/:id/users">();
const one = createFactory<AppEnv, "/users/:id">();

const userPage = {
  limit: pageFields("usr").limit,
  /** The `next_cursor` of the previous page, for the same `sort`. */
  cursor: v.optional(v.pipe(v.string(), v.maxLength(4_000, "must be a cursor of this list"))),
  sort: sortField(USER_ORDERS),
};

/** Lists users of all partners, newest first if no other order is requested. */
export const getAllUsers = all.createHandlers(
  validQuery(v.object({ ...userPage, ...userSearch })),
  async (c) => {
    const { limit, cursor, sort, partner_id, connection_id, ...asked } = c.req.valid("query");
    const search = { ...asked, partnerId: partner_id, connectionId: connection_id };
    const after = cursor === undefined ? undefined : decodeUserPosition(sort, cursor);
    if (cursor !== undefined && !after) throw foreignCursor();
    const page = { order: sort, after, limit: oneMore(limit) };
    const found = await searchUsers(c.var.db, search, page);
    const rows = found.slice(0, limit);
    const last = rows.at(-1);
    const next_cursor =
      last && found.length > limit
        ? encodeUserPosition(sort, { key: last.sortKey, id: last.id })
        : null;
    const total = await countUpTo(c.var.db, selectMatchingUsers(c.var.db, search));
    return c.json({ users: rows.map(showFoundUser), next_cursor, total }, 200);
  },
);

const foreignCursor = () =>
  invalidInput([{ pointer: "/cursor", detail: "must be a cursor of this list" }]);

export const postConnectionUser = ofConnection.createHandlers(
  validBody(newUserWithTracer),
  async (c) => {
    const id = await makeUser(c, c.req.param("id"), c.req.valid("json"));
    return c.json(await shownUser(c, id), 201);
  },
);

export const getAnyUser = one.createHandlers(async (c) =>
  c.json(await shownUser(c, c.req.param("id")), 200),
);

/** Changes a user; absent fields keep their values. */
export const patchUser = one.createHandlers(validBody(changedUserWithTracer), async (c) => {
  const id = c.req.param("id");
  await editUser(c, id, c.req.valid("json"));
  return c.json(await shownUser(c, id), 200);
});

async function shownUser(c: Context<AppEnv>, id: string) {
  const { user, connection, partner } = await mustFindAnyUser(c.var.db, id);
  return showAnyUser(user, { connection, partner });
}
