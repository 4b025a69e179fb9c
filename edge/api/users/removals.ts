import type { Context } from "hono";
import { describeRoute } from "hono-openapi";
import { createFactory } from "hono/factory";
import * as v from "valibot";
import { findPurge, type Purge } from "../../../db/removal/purges.ts";
import { planConnectionRemoval, planUserRemoval } from "../../../db/removal/removals.ts";
import { readServerTime } from "../../../db/conditions.ts";
import { requireConnection } from "../../../db/partners/connections.ts";
import { requireUser } from "../../../db/users/users.ts";
import { AppError } from "../../../shared/errors.ts";
import type { AppEnv } from "../../app-env.ts";
import { existing } from "../../connections/connection-writes.ts";
import { answerWrite } from "../../middleware/answer-write.ts";
import { validQuery } from "../../middleware/valid.ts";
import { jsonAnswer, problemAnswers } from "../../openapi/answers.ts";
import { ifMatch } from "../../openapi/conditions.ts";
import { toSearched } from "../../text.ts";
import { purgeAnswer, showPurge } from "../../users/purge-schemas.ts";
import { connectionEtag, ownConnection } from "../own-connection.ts";
import { refuseStale } from "../etag.ts";
import { changeOwnUser } from "./change-own-user.ts";
import { userEtag } from "./user-answers.ts";
import { existingUser, lockOwnUser, readOwnUser, toUserScope } from "./user-scope.ts";

const connections = createFactory<AppEnv, "/connections/:code">();
const users = createFactory<AppEnv, "/connections/:code/users/:tag">();
const purges = createFactory<AppEnv, "/purges/:id">();

const removal = v.object({
  purge: v.exactOptional(
    v.pipe(
      v.picklist(["true", "false"], "must be true or false"),
      v.description(
        "true: permanently remove the user. Its tokens are revoked, and its mails, events and logs are deleted everywhere.",
      ),
    ),
  ),
});

export const removeUser = users.createHandlers(
  describeRoute({
    operationId: "deleteUser",
    tags: ["Users"],
    summary: "Archive a user, or permanently remove it",
    description:
      "The same as `archived: true`; idempotent. With `purge=true` the user cannot be restored: it disappears from the API immediately, and its data is deleted some minutes later.",
    parameters: [ifMatch],
    responses: {
      202: jsonAnswer("The removal, which continues in the background.", purgeAnswer),
      204: { description: "The user is archived." },
      ...problemAnswers("not-found", "precondition-failed"),
    },
  }),
  validQuery(removal),
  async (c) => {
    const version = c.req.header("if-match");
    if (c.req.valid("query").purge !== "true") {
      return changeOwnUser(c, c.req.param(), {
        decide: async (user, { connection }) => {
          refuseStale(version, await userEtag(user, connection));
          return { archived: true };
        },
        answer: () => Promise.resolve(c.body(null, 204)),
      });
    }
    const path = c.req.param();
    return answerWrite(c, {
      read: (db, partner) => [...readOwnUser(db, partner, path), readServerTime(db)],
      lock: (db, partner) => lockOwnUser(db, partner, path),
      decide: async ([found, foundUser, now]) => {
        const { partnerId, connection } = toUserScope(c, found);
        const user = existingUser(foundUser);
        refuseStale(version, await userEtag(user, connection));
        const ids = { partnerId, connectionId: connection.id, userId: user.id };
        const { purge, build } = planUserRemoval(ids, now);
        return {
          answer: c.json(showPurge(purge), 202, { location: purgeUrl(c, purge) }),
          build: (db) => [requireUser(db, user), ...build(db)],
        };
      },
    });
  },
);

export const removeConnection = connections.createHandlers(
  describeRoute({
    operationId: "deleteConnection",
    tags: ["Connections"],
    summary: "Permanently remove a connection, its users and all their data",
    description:
      "The connection disappears from the API immediately, and you can create a new one to the same provider. The data of its users is removed user by user.",
    parameters: [ifMatch],
    responses: {
      202: jsonAnswer("The removal, which continues in the background.", purgeAnswer),
      ...problemAnswers("not-found", "precondition-failed"),
    },
  }),
  async (c) => {
    const { read, lock } = ownConnection(c.req.param());
    return answerWrite(c, {
      read: (db, partner) => [...read(db, partner), readServerTime(db)],
      lock,
      decide: async ([found, now]) => {
        const { partnerId } = c.var;
        const connection = existing(found);
        refuseStale(c.req.header("if-match"), await connectionEtag(connection));
        const ids = { partnerId, connectionId: connection.id, total: connection.usersCount };
        const { purge, build } = planConnectionRemoval(ids, now);
        return {
          answer: c.json(showPurge(purge), 202, { location: purgeUrl(c, purge) }),
          build: (db) => [...requireConnection(db, connection), ...build(db)],
        };
      },
    });
  },
);

export const getPurge = purges.createHandlers(
  describeRoute({
    operationId: "getPurge",
    tags: ["Removals"],
    summary: "Show the progress of a removal",
    responses: { 200: jsonAnswer("The removal.", purgeAnswer), ...problemAnswers("not-found") },
  }),
  async (c) => {
    const id = toSearched(c.req.param("id"));
    const [purge] = await c.var.enter((db, partner) => [findPurge(db, id, partner)]);
    if (!purge) throw new AppError("not-found", "Cannot find the removal");
    return c.json(showPurge(purge));
  },
);

const purgeUrl = (c: Context<AppEnv>, { id }: Purge) => `${c.env.publicUrl}/api/v1/purges/${id}`;
