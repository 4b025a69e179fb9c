import { createFactory } from "hono/factory";
import * as v from "valibot";
import { countUsers, listConnections } from "../../../db/partners/connections.ts";
import type { AppEnv } from "../../app-env.ts";
import { changedConnection, newConnection } from "../../connections/connection-schemas.ts";
import { validBody, validQuery } from "../../middleware/valid.ts";
import { showPurge } from "../../users/purge-schemas.ts";
import { cutPage, oneMore, pageFields } from "../page.ts";
import { mustFindPartner } from "../partners/must-find-partner.ts";
import { editConnection, makeConnection, removeWholeConnection } from "./connection-edits.ts";
import { mustFindById } from "./must-find-connection.ts";
import { showAnyConnection } from "./show-connection.ts";

const ofPartner = createFactory<AppEnv, "/partners/:id/connections">();
const one = createFactory<AppEnv, "/connections/:id">();

export const getPartnerConnections = ofPartner.createHandlers(
  validQuery(v.object(pageFields("con"))),
  async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const { partner } = await mustFindPartner(c.var.db, c.req.param("id"));
    const page = { after: cursor, limit: oneMore(limit) };
    const { rows, next_cursor } = cutPage(await listConnections(c.var.db, partner.id, page), limit);
    const connections = rows.map((row) => showAnyConnection({ ...row, partnerId: partner.id }));
    return c.json({ connections, next_cursor }, 200);
  },
);

export const postPartnerConnection = ofPartner.createHandlers(
  validBody(newConnection),
  async (c) => {
    const partnerId = c.req.param("id");
    const made = await makeConnection(c, partnerId, c.req.valid("json"));
    return c.json(showAnyConnection({ ...made, partnerId }), 201);
  },
);

export const getAnyConnection = one.createHandlers(async (c) => {
  const connection = await mustFindById(c.var.db, c.req.param("id"));
  const usersCount = await countUsers(c.var.db, connection.id);
  return c.json(showAnyConnection({ ...connection, usersCount }), 200);
});

export const patchConnection = one.createHandlers(validBody(changedConnection), async (c) => {
  const changed = await editConnection(c, c.req.param("id"), c.req.valid("json"));
  return c.json(showAnyConnection(changed), 200);
});

/**
 * Removes a connection with all its users and their data. The removal takes a while. The answer
 * contains a purge, which shows the progress.
 */
export const deleteConnection = one.createHandlers(async (c) => {
  const purge = await removeWholeConnection(c, c.req.param("id"));
  return c.json({ purge: showPurge(purge) }, 202);
});
