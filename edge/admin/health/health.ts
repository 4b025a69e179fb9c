import { Hono } from "hono";
import { createFactory } from "hono/factory";
import * as v from "valibot";
import { removeMark, setMark } from "../../../db/health/known-problems.ts";
import { MARK_KINDS } from "../../../db/health/tables.ts";
import { PROBLEM_NAMES } from "../../../shared/health/problem.ts";
import { AppError } from "../../../shared/errors.ts";
import type { AppEnv } from "../../app-env.ts";
import { validBody, validQuery } from "../../middleware/valid.ts";
import { line } from "../../text.ts";
import { createAudit } from "../access/actor.ts";
import { refusingMissing } from "../refusing-missing.ts";
import { readHealth } from "./read-health.ts";

const factory = createFactory<AppEnv, "/health">();
const marks = createFactory<AppEnv, "/health/marks">();
const audit = createAudit("problem");

const HOUR_MS = 3_600_000;

/** A key is a name of the model, or a name and a subject. */
const key = v.pipe(
  line(300),
  v.check(
    (text) => PROBLEM_NAMES.some((name) => text === name || text.startsWith(`${name}/`)),
    "must be the key of a problem",
  ),
);

/** Returns the problems of the installation. The pages ask for them every few seconds. */
const getHealth = factory.createHandlers(async (c) =>
  c.json((await readHealth(c.var.db)).shown, 200),
);

const newMark = v.strictObject({
  key,
  kind: v.picklist(MARK_KINDS, "must be acknowledged or muted"),
  /** For how long the problem is muted. */
  hours: v.optional(
    v.pipe(
      v.number("must be a number"),
      v.minValue(0.25, "must be at least 0.25"),
      v.maxValue(24 * 30, "must be at most 720"),
    ),
    1,
  ),
});

/** Acknowledges a problem until it is over, or mutes it for some hours. */
const postMark = marks.createHandlers(validBody(newMark), async (c) => {
  const mark = c.req.valid("json");
  const until = mark.kind === "muted" ? new Date(Date.now() + mark.hours * HOUR_MS) : null;
  const { adminId } = c.var.signedIn;
  const details = { until: until?.toISOString() ?? null };
  await c.var.db.batch((tx) => [
    setMark(tx, { key: mark.key, kind: mark.kind, until, adminId }),
    audit(c, tx, { id: mark.key, action: `problem.${mark.kind}`, details }),
  ]);
  return c.body(null, 204);
});

/** Ends the acknowledgement or the mute of a problem. */
const deleteMark = marks.createHandlers(validQuery(v.object({ key })), async (c) => {
  const asked = c.req.valid("query");
  const remove = c.var.db.batch((tx) => [
    removeMark(tx, asked.key),
    audit(c, tx, { id: asked.key, action: "problem.mark_removed" }),
  ]);
  await refusingMissing(
    remove,
    () => new AppError("not-found", "Cannot find the mark: it has ended, or was removed"),
  );
  return c.body(null, 204);
});

/** Routes for the problems of the installation. */
export const healthApi = new Hono<AppEnv>()
  .get("/health", ...getHealth)
  .post("/health/marks", ...postMark)
  .delete("/health/marks", ...deleteMark);
