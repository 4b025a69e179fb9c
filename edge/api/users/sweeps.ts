import type { Context } from "hono";
import { describeRoute } from "hono-openapi";
import { createFactory } from "hono/factory";
import { readServerTime } from "../../../db/conditions.ts";
import { findNewestSweep } from "../../../db/mail/sweeps.ts";
import { findConnection } from "../../../db/partners/connections.ts";
import { findUser, requireUser } from "../../../db/users/users.ts";
import { AppError } from "../../../shared/errors.ts";
import type { AppEnv } from "../../app-env.ts";
import { existing } from "../../connections/connection-writes.ts";
import { answerWrite } from "../../middleware/answer-write.ts";
import { validBody } from "../../middleware/valid.ts";
import { invalidInput } from "../../invalid-input.ts";
import { jsonAnswer, problemAnswers } from "../../openapi/answers.ts";
import { toSearched } from "../../text.ts";
import { planSweep, refusingSecondSweep } from "../../users/sweeps/start-sweep.ts";
import { sweepRange } from "../../users/sweeps/sweep-range.ts";
import { newSweep, showSweep, sweepAnswer } from "../../users/sweeps/sweep-schemas.ts";
import type { UserScope } from "../../users/user-writes.ts";
import { existingUser, lockOwnUser, readOwnUser, searchUser, toUserScope } from "./user-scope.ts";

const factory = createFactory<AppEnv, "/connections/:code/users/:tag/sweep">();

export const postSweep = factory.createHandlers(
  describeRoute({
    operationId: "startSweep",
    tags: ["Sweeps"],
    summary: "Sweep a user's mailbox",
    description:
      "Calls the webhook for mail that is already in the mailbox, including mail older than the user. Delivered mail is not sent again unless `redeliver` is true. Mail that is being delivered is never sent again. A user can have one running sweep.",
    responses: {
      202: jsonAnswer("The sweep, which continues in the background.", sweepAnswer),
      ...problemAnswers("not-found", "conflict"),
    },
  }),
  validBody(newSweep),
  async (c) => {
    const { redeliver = false, ...asked } = c.req.valid("json");
    const path = c.req.param();
    return refusingSecondSweep(() =>
      answerWrite(c, {
        read: (db, partner) => [...readOwnUser(db, partner, path), readServerTime(db)],
        lock: (db, partner) => lockOwnUser(db, partner, path),
        decide: async ([connection, found, now]) => {
          const scope = toUserScope(c, connection);
          const range = sweepRange(asked, new Date());
          if (range.kind === "refused") throw invalidInput(range.faults);
          const { since, until } = range;
          const user = existingUser(found);
          const { partnerId } = scope;
          const { sweep, build } = planSweep({ partnerId, user }, { since, until, redeliver }, now);
          const location = sweepUrl(c, scope, path.tag);
          return {
            answer: c.json(showSweep(sweep), 202, { location }),
            build: (db) => [requireUser(db, user), ...build(db)],
          };
        },
      }),
    );
  },
);

export const getSweep = factory.createHandlers(
  describeRoute({
    operationId: "getSweep",
    tags: ["Sweeps"],
    summary: "Show a user's newest sweep",
    responses: { 200: jsonAnswer("The sweep.", sweepAnswer), ...problemAnswers("not-found") },
  }),
  async (c) => {
    const [connection, user, sweep] = await c.var.enter((db, partner) => {
      const found = searchUser(partner, c.req.param());
      return [
        findConnection(db, partner, toSearched(c.req.param("code"))),
        findUser(db, found.connection, found.tag),
        findNewestSweep(db, found.user),
      ];
    });
    existing(connection);
    existingUser(user);
    if (!sweep) throw new AppError("not-found", "Cannot find a sweep: the user never had one");
    return c.json(showSweep(sweep));
  },
);

const sweepUrl = (c: Context<AppEnv>, { connection }: UserScope, tag: string) =>
  `${c.env.publicUrl}/api/v1/connections/${encodeURIComponent(connection.providerCode)}/users/${encodeURIComponent(tag)}/sweep`;
