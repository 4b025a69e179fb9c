import type { Context } from "hono";
import { createFactory } from "hono/factory";
import { describeRoute } from "hono-openapi";
import * as v from "valibot";
import { listUsers } from "../../db/users.ts";
import { newId } from "../../shared/ids.ts";
import type { AppEnv } from "../app-env.ts";
import { validBody, validQuery } from "../middleware/valid.ts";
import { jsonAnswer, problemAnswers } from "../openapi/answers.ts";
import { refuseMisfits } from "./kind-fields.ts";
import { pageOf, pageQuery, showPage } from "./page.ts";
import {
  changedUser,
  listedUser,
  newUser,
  showListedUser,
  showUser,
  userAnswer,
} from "./user-schemas.ts";
import { mustFindUser, scopeOf, tagOf } from "./user-scope.ts";
import { changeUser, createUser, sealedFor, sealPassword } from "./user-writes.ts";

const all = createFactory<AppEnv, "/connections/:code/users">();
const one = createFactory<AppEnv, "/connections/:code/users/:tag">();

export const getUsers = all.createHandlers(
  describeRoute({
    tags: ["Users"],
    summary: "List a connection's users, archived ones too, in the order of their creation",
    responses: {
      200: jsonAnswer("The users.", v.array(listedUser)),
      ...problemAnswers("not-found"),
    },
  }),
  validQuery(pageQuery("usr")),
  async (c) => {
    const query = c.req.valid("query");
    const { connection } = await scopeOf(c, c.req.param("code"));
    const found = await listUsers(c.var.db, connection.id, pageOf(query));
    const { rows, headers } = showPage(found, query, usersUrl(c, connection.providerCode));
    return c.json(rows.map(showListedUser), 200, headers);
  },
);

export const postUser = all.createHandlers(
  describeRoute({
    tags: ["Users"],
    summary: "Register a user",
    responses: {
      201: jsonAnswer("The new user.", userAnswer),
      ...problemAnswers("not-found", "conflict"),
    },
  }),
  validBody(newUser),
  async (c) => {
    const fields = c.req.valid("json");
    const scope = await scopeOf(c, c.req.param("code"));
    const { kind, providerCode } = scope.connection;
    refuseMisfits("user", kind, fields);
    const id = newId("usr");
    const { tag, email = null, login_username: loginUsername = null } = fields;
    const password = fields.login_password ?? null;
    const sealedLoginPassword = await sealPassword(c.env.mailboxSealer, id, password);
    const user = await createUser(c.var.db, scope, {
      id,
      tag,
      email,
      loginUsername,
      sealedLoginPassword,
    });
    return c.json(showUser(user, kind), 201, {
      location: `${usersUrl(c, providerCode)}/${encodeURIComponent(tag)}`,
    });
  },
);

export const getUser = one.createHandlers(
  describeRoute({
    tags: ["Users"],
    summary: "Show a user",
    description: "A tag names the living user, else the newest archived one.",
    responses: { 200: jsonAnswer("The user.", userAnswer), ...problemAnswers("not-found") },
  }),
  async (c) => {
    const { connection } = await scopeOf(c, c.req.param("code"));
    const user = await mustFindUser(c, connection.id, c.req.param("tag"));
    return c.json(showUser(user, connection.kind));
  },
);

export const putUser = one.createHandlers(
  describeRoute({
    tags: ["Users"],
    summary: "Change, archive or restore a user",
    description: "Absent fields stay as they are. Only `archived: false` restores.",
    responses: {
      200: jsonAnswer("The changed user.", userAnswer),
      ...problemAnswers("not-found", "conflict"),
    },
  }),
  validBody(changedUser),
  async (c) => {
    const fields = c.req.valid("json");
    const scope = await scopeOf(c, c.req.param("code"));
    refuseMisfits("user", scope.connection.kind, fields);
    const user = await changeUser(c.var.db, scope, tagOf(c.req.param("tag")), (found) =>
      sealedFor(c.env.mailboxSealer, found, fields),
    );
    return c.json(showUser(user, scope.connection.kind));
  },
);

export const removeUser = one.createHandlers(
  describeRoute({
    tags: ["Users"],
    summary: "Archive a user",
    description: "The same as `archived: true`. Doing it again changes nothing.",
    responses: { 204: { description: "It is archived." }, ...problemAnswers("not-found") },
  }),
  async (c) => {
    const scope = await scopeOf(c, c.req.param("code"));
    await changeUser(c.var.db, scope, tagOf(c.req.param("tag")), async () => ({ archived: true }));
    return c.body(null, 204);
  },
);

const usersUrl = (c: Context<AppEnv>, code: string) =>
  `${c.env.publicUrl}/api/v1/connections/${encodeURIComponent(code)}/users`;
