import type { Context } from "hono";
import { describeRoute } from "hono-openapi";
import { createFactory } from "hono/factory";
import * as v from "valibot";
import { readServerTime } from "../../../db/conditions.ts";
import { type Connection, connectionOf, findConnection } from "../../../db/partners/connections.ts";
import { wantedUserEvents } from "../../../db/partners/partners.ts";
import { findUser, listUsers } from "../../../db/users/users.ts";
import type { AppEnv } from "../../app-env.ts";
import { existing } from "../../connections/connection-writes.ts";
import { refuseHost, refuseMisfits } from "../../connections/kind-fields.ts";
import { answerWrite } from "../../middleware/answer-write.ts";
import { validBody, validQuery } from "../../middleware/valid.ts";
import { jsonAnswer, problemAnswers } from "../../openapi/answers.ts";
import { ifMatch, ifNoneMatch, notModified } from "../../openapi/conditions.ts";
import { signUserLinks } from "../../users/user-links.ts";
import { changedUser, newUser, userFilter } from "../../users/user-schemas.ts";
import { toSearched } from "../../text.ts";
import { refusingConflicts } from "../../users/refusing-conflicts.ts";
import { planNewUser, sealedFor } from "../../users/user-writes.ts";
import { isKnown, refuseStale } from "../etag.ts";
import { pageQuery, showPage, toPageRange } from "../page.ts";
import {
  listedUser,
  showListedUser,
  type AnsweredUser,
  showUser,
  userAnswer,
  userEtag,
} from "./user-answers.ts";
import { changeOwnUser } from "./change-own-user.ts";
import { existingUser, searchUser, toUserScope } from "./user-scope.ts";

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
    const code = toSearched(c.req.param("code"));
    const page = toPageRange({ limit, cursor });
    const [connection, found] = await c.var.enter((db, partner) => [
      findConnection(db, partner, code),
      listUsers(db, connectionOf(partner, code), page, filter),
    ]);
    const url = usersUrl(c, existing(connection).providerCode);
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
    const code = toSearched(c.req.param("code"));
    return refusingConflicts("create", () =>
      answerWrite(c, {
        read: (db, partner) => [
          findConnection(db, partner, code),
          wantedUserEvents(db, partner),
          readServerTime(db),
        ],
        decide: async ([found, wanted, now]) => {
          const { partnerId, connection } = toUserScope(c, found);
          refuseMisfits("user", connection.kind, fields);
          refuseHost(connection, fields);
          const scope = { partnerId, connection, actor: `partner:${partnerId}` };
          const facts = { wanted, now };
          const { user, build } = await planNewUser(c.env.mailboxSealer, scope, fields, facts);
          const { body, headers } = await show(c, connection, user);
          const url = usersUrl(c, connection.providerCode);
          const location = `${url}/${encodeURIComponent(user.tag)}`;
          return { answer: c.json(body, 201, { ...headers, location }), build };
        },
      }),
    );
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
    const [connection, user] = await c.var.enter((db, partner) => {
      const { connection: id, tag } = searchUser(partner, c.req.param());
      return [findConnection(db, partner, toSearched(c.req.param("code"))), findUser(db, id, tag)];
    });
    const { body, headers } = await show(c, existing(connection), existingUser(user));
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
    return changeOwnUser(c, c.req.param(), {
      checkScope: ({ connection }) => {
        refuseMisfits("user", connection.kind, fields);
        refuseHost(connection, fields);
      },
      decide: async (user, { connection }) => {
        refuseStale(c.req.header("if-match"), await userEtag(user, connection));
        return sealedFor(c.env.mailboxSealer, user, fields);
      },
      answer: async (user, { connection }) => {
        const { body, headers } = await show(c, connection, user);
        return c.json(body, 200, headers);
      },
    });
  },
);

async function show(c: Context<AppEnv>, connection: Connection, user: AnsweredUser) {
  const links = await signUserLinks(c.env.links, user);
  const etag = await userEtag(user, connection);
  return { body: showUser(user, connection, links), headers: { etag } };
}

const usersUrl = (c: Context<AppEnv>, code: string) =>
  `${c.env.publicUrl}/api/v1/connections/${encodeURIComponent(code)}/users`;
