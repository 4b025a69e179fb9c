import type { Context } from "hono";
import { createFactory } from "hono/factory";
import * as v from "valibot";
import { searchUsers } from "../../../db/users/user-list.ts";
import type { AppEnv } from "../../app-env.ts";
import { validBody, validQuery } from "../../middleware/valid.ts";
import { cutPage, oneMore, pageFields } from "../page.ts";
import { showAnyUser, showFoundUser } from "./show-user.ts";
import { editUser, makeUser, mustFindAnyUser } from "./user-edits.ts";
import { changedUserWithTracer, newUserWithTracer, userSearch } from "./user-fields.ts";

const all = createFactory<AppEnv, "/users">();
const ofConnection = createFactory<AppEnv, "/connections/:id/users">();
const one = createFactory<AppEnv, "/users/:id">();

/** Lists users of all partners, newest first. */
export const getAllUsers = all.createHandlers(
  validQuery(v.object({ ...pageFields("usr"), ...userSearch })),
  async (c) => {
    const { limit, cursor, partner_id, connection_id, ...asked } = c.req.valid("query");
    const found = await searchUsers(
      c.var.db,
      { ...asked, partnerId: partner_id, connectionId: connection_id },
      { before: cursor, limit: oneMore(limit) },
    );
    const { rows, next_cursor } = cutPage(found, limit);
    return c.json({ users: rows.map(showFoundUser), next_cursor }, 200);
  },
);

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
