import type { Context } from "hono";
import { describeRoute } from "hono-openapi";
import { createFactory } from "hono/factory";
import type { Db } from "../../../db/client.ts";
import { findNewestSweep, type Sweep } from "../../../db/mail/sweeps.ts";
import { lockUser } from "../../../db/users/users.ts";
import { AppError } from "../../../shared/errors.ts";
import type { AppEnv } from "../../app-env.ts";
import { validBody } from "../../middleware/valid.ts";
import { invalidInput } from "../../invalid-input.ts";
import { jsonAnswer, problemAnswers } from "../../openapi/answers.ts";
import { refusingSecondSweep, startSweep } from "../../users/sweeps/start-sweep.ts";
import { sweepRange } from "../../users/sweeps/sweep-range.ts";
import { newSweep, showSweep, sweepAnswer } from "../../users/sweeps/sweep-schemas.ts";
import { userNotFound, type UserScope } from "../../users/user-writes.ts";
import { findUserScope, mustFindUser, parseTag } from "./user-scope.ts";

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
    const scope = await findUserScope(c, c.req.param("code"));
    const range = sweepRange(asked, new Date());
    if (range.kind === "refused") throw invalidInput(range.faults);
    const { since, until } = range;
    const tag = parseTag(c.req.param("tag"));
    const sweep = await createSweep(c.var.db, scope, tag, { since, until, redeliver });
    return c.json(showSweep(sweep), 202, { location: sweepUrl(c, scope, tag) });
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
    const { connection } = await findUserScope(c, c.req.param("code"));
    const user = await mustFindUser(c, connection.id, c.req.param("tag"));
    const sweep = await findNewestSweep(c.var.db, user.id);
    if (!sweep) throw new AppError("not-found", "Cannot find a sweep: the user never had one");
    return c.json(showSweep(sweep));
  },
);

const createSweep = (
  db: Db,
  { partnerId, connection }: UserScope,
  tag: string,
  wanted: Pick<Sweep, "since" | "until" | "redeliver">,
): Promise<Sweep> =>
  refusingSecondSweep(() =>
    db.transaction(async (tx) => {
      const user = await lockUser(tx, connection.id, tag);
      if (!user) throw userNotFound();
      return startSweep(tx, { partnerId, user }, wanted);
    }),
  );

const sweepUrl = (c: Context<AppEnv>, { connection }: UserScope, tag: string) =>
  `${c.env.publicUrl}/api/v1/connections/${encodeURIComponent(connection.providerCode)}/users/${encodeURIComponent(tag)}/sweep`;
