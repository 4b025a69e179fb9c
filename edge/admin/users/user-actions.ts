import { createFactory } from "hono/factory";
import * as v from "valibot";
import { findNewestSweep } from "../../../db/mail/sweeps.ts";
import { listStateChanges } from "../../../db/users/user-state-changes.ts";
import { CONNECT_LINK_TTL_MS } from "../../../shared/secrets/connect-link.ts";
import type { AppEnv } from "../../app-env.ts";
import { validBody, validQuery } from "../../middleware/valid.ts";
import { invalidInput } from "../../invalid-input.ts";
import { sweepRange } from "../../users/sweeps/sweep-range.ts";
import { newSweep, showSweep } from "../../users/sweeps/sweep-schemas.ts";
import { signUserLinks, usableLinks } from "../../users/user-links.ts";
import { oneMore, pageFields } from "../page.ts";
import { showStateChange } from "./show-user.ts";
import { audit, mustFindAnyUser, sweepUser } from "./user-edits.ts";

const links = createFactory<AppEnv, "/users/:id/links">();
const sweep = createFactory<AppEnv, "/users/:id/sweep">();
const states = createFactory<AppEnv, "/users/:id/states">();

/**
 * Creates the links to connect and to disconnect the account. Give them only to the account's
 * owner. A link is null if it would have no effect.
 */
export const postLinks = links.createHandlers(async (c) => {
  const { db } = c.var;
  const { user, connection } = await mustFindAnyUser(db, c.req.param("id"));
  const { connect_url, disconnect_url } = await signUserLinks(c.env.links, user);
  const usable = usableLinks(connection, user);
  await audit(c, db, { id: user.id, action: "user.links_made", details: {} });
  const expires_at = new Date(Date.now() + CONNECT_LINK_TTL_MS).toISOString();
  const made = {
    connect_url: usable.connect ? connect_url : null,
    disconnect_url: usable.disconnect ? disconnect_url : null,
    expires_at,
  };
  return c.json(made, 201);
});

/** Returns the user's newest sweep; null when the user never had a sweep. */
export const getUserSweep = sweep.createHandlers(async (c) => {
  const { user } = await mustFindAnyUser(c.var.db, c.req.param("id"));
  const found = await findNewestSweep(c.var.db, user.id);
  return c.json({ sweep: found ? showSweep(found) : null }, 200);
});

/** Starts a sweep. The fleet runs it in the background. */
export const postUserSweep = sweep.createHandlers(validBody(newSweep), async (c) => {
  const { redeliver = false, ...asked } = c.req.valid("json");
  const range = sweepRange(asked, new Date());
  if (range.kind === "refused") throw invalidInput(range.faults);
  const { since, until } = range;
  const started = await sweepUser(c, c.req.param("id"), { since, until, redeliver });
  return c.json({ sweep: showSweep(started) }, 202);
});

const statesQuery = v.object({
  limit: pageFields("usr").limit,
  /** The `next_cursor` of the previous page. */
  cursor: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,15}$/, "must be a cursor of this list"), v.transform(Number)),
  ),
});

/** Lists how the user's state changed, newest first. */
export const getStates = states.createHandlers(validQuery(statesQuery), async (c) => {
  const { limit, cursor } = c.req.valid("query");
  const { user } = await mustFindAnyUser(c.var.db, c.req.param("id"));
  const page = { before: cursor, limit: oneMore(limit) };
  const found = await listStateChanges(c.var.db, user.id, page);
  const rows = found.slice(0, limit);
  const next_cursor = found.length > limit ? String(rows.at(-1)?.id) : null;
  return c.json({ states: rows.map(showStateChange), next_cursor }, 200);
});
