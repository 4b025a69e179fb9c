import type { Context } from "hono";
import { describeRoute } from "hono-openapi";
import { createFactory } from "hono/factory";
import * as v from "valibot";
import { findPurge, type Purge } from "../../../db/removal/purges.ts";
import { startConnectionRemoval, startUserRemoval } from "../../../db/removal/removals.ts";
import { lockUser } from "../../../db/users/users.ts";
import { AppError } from "../../../shared/errors.ts";
import type { AppEnv } from "../../app-env.ts";
import { connectionNotFound, mustFindConnection } from "../../connections/connection-writes.ts";
import { validQuery } from "../../middleware/valid.ts";
import { jsonAnswer, problemAnswers } from "../../openapi/answers.ts";
import { ifMatch } from "../../openapi/conditions.ts";
import { isStorable } from "../../text.ts";
import { purgeAnswer, showPurge } from "../../users/purge-schemas.ts";
import { userNotFound } from "../../users/user-writes.ts";
import { lockVersion } from "../connection-version.ts";
import { refuseStale } from "../etag.ts";
import { userEtag } from "./user-answers.ts";
import { findUserScope, parseTag } from "./user-scope.ts";
import { changeOwnUser } from "./user-transactions.ts";

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
    const { db, partnerId } = c.var;
    const scope = await findUserScope(c, c.req.param("code"));
    const tag = parseTag(c.req.param("tag"));
    const version = c.req.header("if-match");
    if (c.req.valid("query").purge !== "true") {
      await changeOwnUser(db, scope, tag, async (user) => {
        refuseStale(version, await userEtag(user, scope.connection));
        return { archived: true };
      });
      return c.body(null, 204);
    }
    const purge = await db.transaction(async (tx) => {
      const user = await lockUser(tx, scope.connection.id, tag);
      if (!user) throw userNotFound();
      refuseStale(version, await userEtag(user, scope.connection));
      const connectionId = scope.connection.id;
      return startUserRemoval(tx, { partnerId, connectionId, userId: user.id });
    });
    return c.json(showPurge(purge), 202, { location: purgeUrl(c, purge) });
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
    const { db, partnerId } = c.var;
    const connection = await mustFindConnection(db, partnerId, c.req.param("code"));
    const purge = await db.transaction(async (tx) => {
      await lockVersion(tx, { partnerId, connection }, c.req.header("if-match"));
      return startConnectionRemoval(tx, { partnerId, connectionId: connection.id });
    });
    if (!purge) throw connectionNotFound();
    return c.json(showPurge(purge), 202, { location: purgeUrl(c, purge) });
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
    const id = c.req.param("id");
    const purge = isStorable(id) ? await findPurge(c.var.db, id, c.var.partnerId) : undefined;
    if (!purge) throw new AppError("not-found", "Cannot find the removal");
    return c.json(showPurge(purge));
  },
);

const purgeUrl = (c: Context<AppEnv>, { id }: Purge) => `${c.env.publicUrl}/api/v1/purges/${id}`;
