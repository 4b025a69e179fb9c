import { describeRoute } from "hono-openapi";
import { createFactory } from "hono/factory";
import * as v from "valibot";
import {
  type CountedConnection,
  countUsers,
  listConnections,
} from "../../db/partners/connections.ts";
import { findProvider } from "../../db/partners/providers.ts";
import type { AppEnv } from "../app-env.ts";
import {
  changedConnection,
  connectionAnswer,
  newConnection,
  showConnection,
} from "../connections/connection-schemas.ts";
import {
  changeConnection,
  createConnection,
  mustFindConnection,
  usable,
} from "../connections/connection-writes.ts";
import { refuseMisfits } from "../connections/kind-fields.ts";
import { validBody, validQuery } from "../middleware/valid.ts";
import { jsonAnswer, problemAnswers } from "../openapi/answers.ts";
import { ifMatch, ifNoneMatch, notModified } from "../openapi/conditions.ts";
import { connectionEtag, lockVersion } from "./connection-version.ts";
import { isKnown } from "./etag.ts";
import { pageQuery, showPage, toPageRange } from "./page.ts";

const all = createFactory<AppEnv, "/connections">();
const one = createFactory<AppEnv, "/connections/:code">();

export const getConnections = all.createHandlers(
  describeRoute({
    operationId: "listConnections",
    tags: ["Connections"],
    summary: "List the partner's connections",
    responses: { 200: jsonAnswer("The connections.", v.array(connectionAnswer)) },
  }),
  validQuery(pageQuery("con")),
  async (c) => {
    const query = c.req.valid("query");
    const found = await listConnections(c.var.db, c.var.partnerId, toPageRange(query));
    const { rows, headers } = showPage(found, query, `${c.env.publicUrl}${c.req.path}`);
    return c.json(rows.map(showConnection), 200, headers);
  },
);

export const postConnection = all.createHandlers(
  describeRoute({
    operationId: "createConnection",
    tags: ["Connections"],
    summary: "Connect the partner to a provider",
    responses: {
      201: jsonAnswer("The new connection.", connectionAnswer),
      ...problemAnswers("conflict"),
    },
  }),
  validBody(newConnection),
  async (c) => {
    const { imap_provider_code: code, ...fields } = c.req.valid("json");
    const { db, partnerId } = c.var;
    const provider = usable(await findProvider(db, code));
    refuseMisfits("connection", provider.kind, fields);
    const vault = c.env.partnerVault;
    const created = await db.transaction((tx) =>
      createConnection({ tx, vault }, { partnerId, provider }, fields),
    );
    const { body, headers } = await show(created);
    const location = `${c.env.publicUrl}${c.req.path}/${encodeURIComponent(code)}`;
    return c.json(body, 201, { ...headers, location });
  },
);

export const getConnection = one.createHandlers(
  describeRoute({
    operationId: "getConnection",
    tags: ["Connections"],
    summary: "Show a connection",
    parameters: [ifNoneMatch],
    responses: {
      200: jsonAnswer("The connection.", connectionAnswer),
      ...notModified,
      ...problemAnswers("not-found"),
    },
  }),
  async (c) => {
    const connection = await mustFindConnection(c.var.db, c.var.partnerId, c.req.param("code"));
    const usersCount = await countUsers(c.var.db, connection.id);
    const { body, headers } = await show({ ...connection, usersCount });
    if (isKnown(c.req.header("if-none-match"), headers.etag)) return c.body(null, 304, headers);
    return c.json(body, 200, headers);
  },
);

export const putConnection = one.createHandlers(
  describeRoute({
    operationId: "updateConnection",
    tags: ["Connections"],
    summary: "Change a connection's settings",
    parameters: [ifMatch],
    responses: {
      200: jsonAnswer("The changed connection.", connectionAnswer),
      ...problemAnswers("not-found", "precondition-failed"),
    },
  }),
  validBody(changedConnection),
  async (c) => {
    const { db, partnerId } = c.var;
    const fields = c.req.valid("json");
    const connection = await mustFindConnection(db, partnerId, c.req.param("code"));
    refuseMisfits("connection", connection.kind, fields);
    const changed = await db.transaction(async (tx) => {
      const locked = await lockVersion(tx, { partnerId, connection }, c.req.header("if-match"));
      const deps = { tx, vault: c.env.partnerVault };
      return changeConnection(deps, { partnerId, connection: locked }, fields);
    });
    const { body, headers } = await show(changed);
    return c.json(body, 200, headers);
  },
);

const show = async (connection: CountedConnection) => ({
  body: showConnection(connection),
  headers: { etag: await connectionEtag(connection) },
});
