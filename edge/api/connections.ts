import { describeRoute } from "hono-openapi";
import { createFactory } from "hono/factory";
import * as v from "valibot";
import {
  type CountedConnection,
  connectionOf,
  countUsers,
  findConnection,
  listConnections,
  requireConnection,
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
  existing,
  planConnectionChange,
  planNewConnection,
  refusingSecondConnection,
  usable,
} from "../connections/connection-writes.ts";
import { refuseMisfits } from "../connections/kind-fields.ts";
import { answerWrite } from "../middleware/answer-write.ts";
import { validBody, validQuery } from "../middleware/valid.ts";
import { jsonAnswer, problemAnswers } from "../openapi/answers.ts";
import { ifMatch, ifNoneMatch, notModified } from "../openapi/conditions.ts";
import { toSearched } from "../text.ts";
import { connectionEtag, ownConnection } from "./own-connection.ts";
import { isKnown, refuseStale } from "./etag.ts";
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
    const [found] = await c.var.enter((db, partner) => [
      listConnections(db, partner, toPageRange(query)),
    ]);
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
    const vault = c.env.partnerVault;
    return refusingSecondConnection(() =>
      answerWrite(c, {
        read: (db) => [findProvider(db, code)],
        decide: async ([found]) => {
          const { partnerId } = c.var;
          const provider = usable(found);
          refuseMisfits("connection", provider.kind, fields);
          const plan = await planNewConnection(vault, { partnerId, provider }, fields);
          const { body, headers } = await show(plan.connection);
          const location = `${c.env.publicUrl}${c.req.path}/${encodeURIComponent(code)}`;
          return { answer: c.json(body, 201, { ...headers, location }), build: plan.build };
        },
      }),
    );
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
    const code = toSearched(c.req.param("code"));
    const [connection, usersCount] = await c.var.enter((db, partner) => [
      findConnection(db, partner, code),
      countUsers(db, connectionOf(partner, code)),
    ]);
    const { body, headers } = await show({ ...existing(connection), usersCount });
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
    const fields = c.req.valid("json");
    const path = c.req.param();
    const vault = c.env.partnerVault;
    return answerWrite(c, {
      ...ownConnection(path),
      decide: async ([found]) => {
        const { partnerId } = c.var;
        const known = existing(found);
        refuseMisfits("connection", known.kind, fields);
        refuseStale(c.req.header("if-match"), await connectionEtag(known));
        const scope = { partnerId, connection: known };
        const { connection, build } = await planConnectionChange(vault, scope, fields);
        const { body, headers } = await show(connection);
        return {
          answer: c.json(body, 200, headers),
          build: (db) =>
            connection === known ? [] : [...requireConnection(db, known), ...build(db)],
        };
      },
    });
  },
);

const show = async (connection: CountedConnection) => ({
  body: showConnection(connection),
  headers: { etag: await connectionEtag(connection) },
});
