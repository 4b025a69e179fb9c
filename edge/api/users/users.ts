import type { Context } from "hono";
import { describeRoute } from "hono-openapi";
import { createFactory } from "hono/factory";
import * as v from "valibot";
import { listUsers, type User } from "../../../db/users/users.ts";
import type { AppEnv } from "../../app-env.ts";
import { refuseHost, refuseMisfits } from "../../connections/kind-fields.ts";
import { validBody, validQuery } from "../../middleware/valid.ts";
import { jsonAnswer, problemAnswers } from "../../openapi/answers.ts";
import { ifMatch, ifNoneMatch, notModified } from "../../openapi/conditions.ts";
import { signUserLinks } from "../../users/user-links.ts";
import { changedUser, newUser, userFilter } from "../../users/user-schemas.ts";
import { sealedFor, type UserScope } from "../../users/user-writes.ts";
import { isKnown, refuseStale } from "../etag.ts";
import { pageQuery, showPage, toPageRange } from "../page.ts";
import { listedUser, showListedUser, showUser, userAnswer, userEtag } from "./user-answers.ts";
import { findUserScope, mustFindUser, parseTag } from "./user-scope.ts";
import { changeOwnUser, createOwnUser } from "./user-transactions.ts";

const all = createFactory<AppEnv, "/connections/:code/users">();
const one = createFactory<AppEnv, "/connections/:code/users/:tag">();

export const getUsers = all.createHandlers(
  describeRoute({
    operationId: "listUsers",
    tags: ["Users"],
    summary: "List a connection's users, including archived ones, oldest first",
    responses: {
      200: jsonAnswer("The users.", v.array(listedUser)),
      ...problemAnswers("not-found"),
    },
  }),
  validQuery(v.object({ ...pageQuery("usr").entries, ...userFilter })),
  async (c) => {
    const { limit, cursor, ...filter } = c.req.valid("query");
    const { connection } = await findUserScope(c, c.req.param("code"));
    const found = await listUsers(c.var.db, connection.id, toPageRange({ limit, cursor }), filter);
    const url = usersUrl(c, connection.providerCode);
    const { rows, headers } = showPage(found, { limit, filter }, url);
    return c.json(rows.map(showListedUser), 200, headers);
  },
);

export const postUser = all.createHandlers(
  describeRoute({
    operationId: "createUser",
    tags: ["Users"],
    summary: "Register a user",
    description:
      "To connect the user immediately, send its credentials: `login_username` and `login_password` for a plain provider, `email` and `oauth2_refresh_token` for OAuth 2. Otherwise the account owner connects it at its `connect_url`.",
    responses: {
      201: jsonAnswer("The new user.", userAnswer),
      ...problemAnswers("not-found", "conflict"),
    },
  }),
  validBody(newUser),
  async (c) => {
    const fields = c.req.valid("json");
    const scope = await findUserScope(c, c.req.param("code"));
    const { kind, providerCode } = scope.connection;
    refuseMisfits("user", kind, fields);
    refuseHost(scope.connection, fields);
    const deps = { db: c.var.db, sealer: c.env.mailboxSealer };
    const user = await createOwnUser(deps, scope, fields);
    const shown = await show(c, scope, user);
    return c.json(shown.body, 201, {
      ...shown.headers,
      location: `${usersUrl(c, providerCode)}/${encodeURIComponent(user.tag)}`,
    });
  },
);

export const getUser = one.createHandlers(
  describeRoute({
    operationId: "getUser",
    tags: ["Users"],
    summary: "Show a user",
    description:
      "A tag refers to the living user or, if there is none, to the newest archived one.",
    parameters: [ifNoneMatch],
    responses: {
      200: jsonAnswer("The user.", userAnswer),
      ...notModified,
      ...problemAnswers("not-found"),
    },
  }),
  async (c) => {
    const scope = await findUserScope(c, c.req.param("code"));
    const user = await mustFindUser(c, scope.connection.id, c.req.param("tag"));
    const { body, headers } = await show(c, scope, user);
    if (isKnown(c.req.header("if-none-match"), headers.etag)) return c.body(null, 304, headers);
    return c.json(body, 200, headers);
  },
);

export const putUser = one.createHandlers(
  describeRoute({
    operationId: "updateUser",
    tags: ["Users"],
    summary: "Change, archive or restore a user",
    description: "Absent fields stay as they are. Only `archived: false` restores.",
    parameters: [ifMatch],
    responses: {
      200: jsonAnswer("The changed user.", userAnswer),
      ...problemAnswers("not-found", "conflict", "precondition-failed"),
    },
  }),
  validBody(changedUser),
  async (c) => {
    const fields = c.req.valid("json");
    const scope = await findUserScope(c, c.req.param("code"));
    refuseMisfits("user", scope.connection.kind, fields);
    refuseHost(scope.connection, fields);
    const user = await changeOwnUser(
      c.var.db,
      scope,
      parseTag(c.req.param("tag")),
      async (found) => {
        refuseStale(c.req.header("if-match"), await userEtag(found, scope.connection));
        return sealedFor(c.env.mailboxSealer, found, fields);
      },
    );
    const { body, headers } = await show(c, scope, user);
    return c.json(body, 200, headers);
  },
);

async function show(c: Context<AppEnv>, { connection }: UserScope, user: User) {
  const links = await signUserLinks(c.env.links, user);
  const etag = await userEtag(user, connection);
  return { body: showUser(user, connection, links), headers: { etag } };
}

const usersUrl = (c: Context<AppEnv>, code: string) =>
  `${c.env.publicUrl}/api/v1/connections/${encodeURIComponent(code)}/users`;
