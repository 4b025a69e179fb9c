import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import * as v from "valibot";
import { claimKey, releaseKey, storeAnswer } from "../../db/partners/idempotency-keys.ts";
import { AppError } from "../../shared/errors.ts";
import { newId } from "../../shared/ids.ts";
import { sha256Hex } from "../../shared/secrets/sha256.ts";
import type { AppEnv } from "../app-env.ts";
import { computeFingerprint } from "./fingerprint.ts";

const WRITES: readonly string[] = ["POST", "PUT", "DELETE"];
/** Matches a valid key: printable ASCII. The maximum length is the same as at Stripe. */
const WELL_FORMED = /^[\x20-\x7e]{1,255}$/;

const answerRow = (id: string) => `idempotency_keys/${id}/answer` as const;

/**
 * Answers a repeated write with the first answer, for 24 hours. A repeated write has the same
 * Idempotency-Key and the same fingerprint; a different request with the same key is refused.
 *
 * Failures are not stored. A refused request has changed nothing, so the caller may correct it and
 * use the same key. After an error on our side, a repetition runs the request again.
 *
 * Source: draft-ietf-httpapi-idempotency-key-header-07.
 */
export const idempotency = createMiddleware<AppEnv>(async (c, next) => {
  const key = c.req.header("idempotency-key");
  if (key === undefined || !WRITES.includes(c.req.method)) return next();
  if (!WELL_FORMED.test(key)) throw malformedKey();
  const { db, partnerId } = c.var;
  const fingerprint = await computeFingerprint(c.req.method, c.req.url, await c.var.body());
  const id = newId("idk");
  const claimed = await claimKey(db, { id, partnerId, keyHash: await sha256Hex(key) });
  switch (claimed.kind) {
    case "in-flight":
      throw new AppError(
        "idempotency-key-in-use",
        "Cannot answer yet: the first request is still in progress; send it again soon",
      );
    case "answered":
      return replay(await openKept(c, claimed), fingerprint);
    case "claimed":
      await next();
      return settle(c, id, fingerprint);
  }
});

function replay(kept: KeptAnswer, fingerprint: string): Response {
  if (kept.fingerprint === fingerprint) return showKept(kept);
  throw new AppError(
    "idempotency-key-reused",
    "Cannot use the Idempotency-Key: it was first used with a different method, path, query or body",
  );
}

async function settle(c: Context<AppEnv>, id: string, fingerprint: string): Promise<void> {
  if (c.res.status >= 400) return releaseKey(c.var.db, id);
  const kept = await keepAnswer(c.res, fingerprint);
  await storeAnswer(
    c.var.db,
    id,
    await c.env.partnerVault.seal(answerRow(id), JSON.stringify(kept)),
  );
}

async function openKept(
  c: Context<AppEnv>,
  { id, sealedAnswer }: { id: string; sealedAnswer: string },
): Promise<KeptAnswer> {
  return parseKept(await c.env.partnerVault.open(answerRow(id), sealedAnswer));
}

const malformedKey = () =>
  new AppError(
    "invalid-input",
    "Cannot use the Idempotency-Key: wanted 1 to 255 printable ASCII characters",
  );

const keptAnswer = v.object({
  /** The fingerprint of the request that got this answer. */
  fingerprint: v.string(),
  status: v.number(),
  headers: v.record(v.string(), v.string()),
  body: v.nullable(v.string()),
});
type KeptAnswer = v.InferOutput<typeof keptAnswer>;

/** The headers that are stored with the answer. All other headers are set again for each answer. */
const KEPT_HEADERS = ["content-type", "location", "etag", "retry-after"] as const;

async function keepAnswer(answer: Response, fingerprint: string): Promise<KeptAnswer> {
  const headers = KEPT_HEADERS.flatMap((name) => {
    const value = answer.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  const body = answer.body === null ? null : await answer.clone().text();
  return { fingerprint, status: answer.status, headers: Object.fromEntries(headers), body };
}

const parseKept = (text: string): KeptAnswer => v.parse(keptAnswer, JSON.parse(text));

const showKept = ({ status, headers, body }: KeptAnswer) =>
  new Response(body, { status, headers: { ...headers, "idempotency-replayed": "true" } });
