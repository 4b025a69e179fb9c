import { createFactory } from "hono/factory";
import { describeRoute } from "hono-openapi";
import * as v from "valibot";
import type { Db } from "../../db/client.ts";
import {
  type Connection,
  type ConnectionChange,
  countUsers,
  deleteConnection,
  findConnection,
  insertConnection,
  listConnections,
  updateConnection,
} from "../../db/connections.ts";
import { enqueuePartnerChanged } from "../../db/outbox.ts";
import { findProvider, type Provider } from "../../db/providers.ts";
import { AppError } from "../../shared/errors.ts";
import { newId } from "../../shared/ids.ts";
import type { Sealer } from "../../shared/vault.ts";
import type { AppEnv } from "../app-env.ts";
import { invalidInput, validBody, validQuery } from "../middleware/valid.ts";
import { jsonAnswer, problemAnswers } from "../openapi/answers.ts";
import {
  changedConnection,
  connectionAnswer,
  newConnection,
  showConnection,
} from "./connection-schemas.ts";
import { refuseMisfits } from "./kind-fields.ts";
import { pageOf, pageQuery, showPage } from "./page.ts";
import { isStorable } from "./text.ts";

const all = createFactory<AppEnv, "/connections">();
const one = createFactory<AppEnv, "/connections/:code">();

export const getConnections = all.createHandlers(
  describeRoute({
    tags: ["Connections"],
    summary: "List the partner's connections",
    responses: { 200: jsonAnswer("The connections.", v.array(connectionAnswer)) },
  }),
  validQuery(pageQuery("con")),
  async (c) => {
    const query = c.req.valid("query");
    const found = await listConnections(c.var.db, c.var.partnerId, pageOf(query));
    const { rows, headers } = showPage(found, query, `${c.env.publicUrl}${c.req.path}`);
    return c.json(rows.map(showConnection), 200, headers);
  },
);

export const postConnection = all.createHandlers(
  describeRoute({
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
    const { partnerId } = c.var;
    const provider = usable(await findProvider(c.var.db, code));
    refuseMisfits("connection", provider.kind, fields);
    const id = newId("con");
    const change = await changeOf(c.env.partnerVault, id, fields);
    await c.var.db.transaction(async (tx) => {
      const inserted = await insertConnection(tx, {
        ...change,
        id,
        partnerId,
        providerId: provider.id,
      });
      if (!inserted) {
        throw new AppError("conflict", "Cannot create the connection: it exists already", {
          fields: [{ pointer: "/imap_provider_code", detail: "has a connection already" }],
        });
      }
      await enqueuePartnerChanged(tx, partnerId);
    });
    const { oauth2ClientId = null } = change;
    const created = { id, providerCode: code, kind: provider.kind, oauth2ClientId, usersCount: 0 };
    return c.json(showConnection(created), 201, {
      location: `${c.env.publicUrl}${c.req.path}/${encodeURIComponent(code)}`,
    });
  },
);

export const getConnection = one.createHandlers(
  describeRoute({
    tags: ["Connections"],
    summary: "Show a connection",
    responses: {
      200: jsonAnswer("The connection.", connectionAnswer),
      ...problemAnswers("not-found"),
    },
  }),
  async (c) => {
    const connection = await mustFindConnection(c.var.db, c.var.partnerId, c.req.param("code"));
    const usersCount = await countUsers(c.var.db, connection.id);
    return c.json(showConnection({ ...connection, usersCount }));
  },
);

export const putConnection = one.createHandlers(
  describeRoute({
    tags: ["Connections"],
    summary: "Change a connection's settings",
    responses: {
      200: jsonAnswer("The changed connection.", connectionAnswer),
      ...problemAnswers("not-found"),
    },
  }),
  validBody(changedConnection),
  async (c) => {
    const { db, partnerId } = c.var;
    const fields = c.req.valid("json");
    const connection = await mustFindConnection(db, partnerId, c.req.param("code"));
    refuseMisfits("connection", connection.kind, fields);
    const change = await changeOf(c.env.partnerVault, connection.id, fields, connection);
    if (Object.keys(change).length > 0) {
      await db.transaction(async (tx) => {
        await updateConnection(tx, connection.id, change);
        await enqueuePartnerChanged(tx, partnerId);
      });
    }
    const usersCount = await countUsers(db, connection.id);
    return c.json(showConnection({ ...connection, ...change, usersCount }));
  },
);

export const removeConnection = one.createHandlers(
  describeRoute({
    tags: ["Connections"],
    summary: "Remove a connection, its users and all their data",
    responses: { 204: { description: "It is gone." }, ...problemAnswers("not-found") },
  }),
  async (c) => {
    const { db, partnerId } = c.var;
    const connection = await mustFindConnection(db, partnerId, c.req.param("code"));
    await db.transaction(async (tx) => {
      await deleteConnection(tx, partnerId, connection.id);
      await enqueuePartnerChanged(tx, partnerId);
    });
    return c.body(null, 204);
  },
);

/** @throws {AppError} when this partner has no connection to such a provider. */
export async function mustFindConnection(
  db: Db,
  partnerId: string,
  code: string,
): Promise<Connection> {
  const connection = isStorable(code) ? await findConnection(db, partnerId, code) : undefined;
  if (!connection) throw new AppError("not-found", "Cannot find the connection");
  return connection;
}

function usable(provider: Provider | undefined): Provider {
  const refuse = (detail: string) => invalidInput([{ pointer: "/imap_provider_code", detail }]);
  if (!provider) throw refuse("is not the code of a provider");
  if (!provider.enabled) throw refuse("is a provider that is switched off");
  return provider;
}

/** The columns to write; a new secret always counts as a change, the same client id does not. */
async function changeOf(
  vault: Sealer,
  id: string,
  fields: { oauth2_client_id?: string | null; oauth2_client_secret?: string | null },
  current?: Connection,
): Promise<ConnectionChange> {
  const change: ConnectionChange = {};
  const { oauth2_client_id: clientId, oauth2_client_secret: clientSecret } = fields;
  if (clientId !== undefined && clientId !== current?.oauth2ClientId) {
    change.oauth2ClientId = clientId;
  }
  if (clientSecret !== undefined) {
    change.sealedOauth2ClientSecret =
      clientSecret &&
      (await vault.seal(`partner_connections/${id}/oauth2_client_secret`, clientSecret));
  }
  return change;
}
