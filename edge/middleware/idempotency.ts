import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { HTTPException } from "hono/http-exception";
import * as v from "valibot";
import { type ClaimedKey, releaseKey, storeAnswer } from "../../db/partners/idempotency-keys.ts";
import { AppError } from "../../shared/errors.ts";
import { newId } from "../../shared/ids.ts";
import { sha256Hex } from "../../shared/secrets/sha256.ts";
import type { AppEnv } from "../app-env.ts";
import { computeFingerprint } from "./fingerprint.ts";

const WRITES: readonly string[] = ["POST", "PUT", "DELETE"];
/** Matches a valid key: printable ASCII. The maximum length is the same as at Stripe. */
const WELL_FORMED = /^[\x20-\x7e]{1,255}$/;

const answerRow = (id: string) => `idempotency_keys/${id}/answer` as const;

/** One request with an Idempotency-Key. */
export interface IdempotentAttempt {
  /** The id of the claim. */
  id: string;
  keyHash: string;
  /** A hash of the request's meaning. */
  fingerprint: string;
  /** Whether this request has claimed the key, and its answer is not stored yet. */
  isOpen: boolean;
}

/**
 * Answers a repeated write with the first answer, for 24 hours. A repeated write has the same
 * Idempotency-Key and the same fingerprint; a different request with the same key is refused.
 *
 * Failures are not stored. A refused request has changed nothing, so the caller may correct it and
 * use the same key. After an error on our side, a repetition runs the request again.
 *
 * The first queries of the route claim the key (`enter()`). A route that knows its answer before it
 * writes stores the answer in the same transaction (`answerWrite()`).
 *
 * Source: draft-ietf-httpapi-idempotency-key-header-07.
 */
export const idempotency = createMiddleware<AppEnv>(async (c, next) => {
  const key = c.req.header("idempotency-key");
  if (key === undefined || !WRITES.includes(c.req.method)) return next();
  if (!WELL_FORMED.test(key)) throw malformedKey();
  const fingerprint = await computeFingerprint(c.req.method, c.req.url, await c.var.body());
  const attempt = { id: newId("idk"), keyHash: await sha256Hex(key), fingerprint, isOpen: false };
  c.set("idempotency", attempt);
  await next();
  if (!attempt.isOpen) return;
  if (c.res.status >= 400) return releaseKey(c.var.db, attempt.id);
  await storeAnswer(c.var.db, attempt.id, await sealAnswer(c, attempt, c.res));
});

/**
 * Lets a request continue that has claimed its key.
 * @throws the answer to a request that has not.
 */
export async function acceptClaim(
  c: Context<AppEnv>,
  { fingerprint }: IdempotentAttempt,
  claimed: ClaimedKey,
): Promise<void> {
  switch (claimed.kind) {
    case "claimed":
      return;
    case "in-flight":
      throw new AppError(
        "idempotency-key-in-use",
        "Cannot answer yet: the first request is still in progress; send it again soon",
      );
    case "answered": {
      const kept = await openKept(c, claimed);
      if (kept.fingerprint === fingerprint) throw new HTTPException(200, { res: showKept(kept) });
      throw new AppError(
        "idempotency-key-reused",
        "Cannot use the Idempotency-Key: it was first used with a different method, path, query or body",
      );
    }
  }
}

/** Encrypts the answer of a request, to store it with the claim of its key. */
export async function sealAnswer(
  c: Context<AppEnv>,
  { id, fingerprint }: IdempotentAttempt,
  answer: Response,
): Promise<string> {
  const kept = await keepAnswer(answer, fingerprint);
  return c.env.partnerVault.seal(answerRow(id), JSON.stringify(kept));
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
