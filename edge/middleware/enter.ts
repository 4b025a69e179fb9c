import type { Context } from "hono";
import { batchGroups } from "../../db/batch-groups.ts";
import type { Db } from "../../db/client.ts";
import { partnerOfKey, useApiKey } from "../../db/partners/api-keys.ts";
import { claimKey, readClaim } from "../../db/partners/idempotency-keys.ts";
import type { Answers, Batchable, Ref } from "../../db/query.ts";
import { AppError } from "../../shared/errors.ts";
import type { AppEnv } from "../app-env.ts";
import { takeAnonymous } from "../limits/take-anonymous.ts";
import { acceptClaim } from "./idempotency.ts";
import { isWithinRate, tooManyRequests } from "./rate-limit.ts";

/** Builds queries. `partner` is the id of the partner, or SQL that finds it. */
export type BuildQueries<Queries extends readonly Batchable<unknown>[]> = (
  db: Db,
  partner: Ref,
) => Queries;

/**
 * Runs the first queries of a request in one batch with the look-up of its API key and the claim of
 * its Idempotency-Key: this is one round trip. Sets `partnerId`. Every route calls it before any
 * other query.
 *
 * @returns The answers of the queries.
 * @throws {AppError} when the request is not admitted: the key is wrong, the partner sends too many
 * requests, or another request has the Idempotency-Key.
 * @throws {HTTPException} with the stored answer, when the request is a repetition.
 */
export type Enter = <const Queries extends readonly Batchable<unknown>[]>(
  build: BuildQueries<Queries>,
) => Promise<Answers<Queries>>;

/** Creates `enter()` for a request with the API key that has this hash. */
export const createEnter =
  (c: Context<AppEnv>, keyHash: string): Enter =>
  async (build) => {
    c.set("hasEntered", true);
    const known = c.env.guards.knownCallers.findOwner(keyHash, Date.now());
    const giveBack = count(c, known);
    if (known !== undefined && !(await isWithinRate(c, known))) {
      // The key may be revoked meanwhile.
      admit(c, keyHash, await useApiKey(c.var.db, keyHash));
      throw tooManyRequests();
    }
    const partner = partnerOfKey(keyHash);
    const attempt = c.get("idempotency");
    const claim = attempt && { ...attempt, partner };
    const opened = await batchGroups(
      c.var.db,
      (db) => ({
        key: [useApiKey(db, keyHash)],
        claim: claim ? [claimKey(db, claim)] : [],
        claimed: claim ? [readClaim(db, claim)] : [],
        asked: build(db, partner),
      }),
      { isAtomic: claim !== undefined },
    ).catch((error: unknown) => {
      // The look-up failed, so nobody knows whether the key exists. The request is not counted.
      giveBack();
      throw error;
    });
    const partnerId = admit(c, keyHash, opened.key()[0]);
    giveBack();
    const [claimed] = opened.claimed();
    if (attempt && claimed?.kind === "claimed") attempt.isOpen = true;
    if (known === undefined && !(await isWithinRate(c, partnerId))) throw tooManyRequests();
    if (attempt && claimed) await acceptClaim(c, attempt, claimed);
    return opened.asked();
  };

/**
 * Looks up the key before anything else. Used when the body is not known to be small, so that a
 * stranger cannot make us read it.
 *
 * @throws {AppError} when the key is wrong.
 */
export async function checkKeyFirst(c: Context<AppEnv>, keyHash: string): Promise<void> {
  const giveBack = count(c, c.env.guards.knownCallers.findOwner(keyHash, Date.now()));
  const partnerId = await useApiKey(c.var.db, keyHash).catch((error: unknown) => {
    giveBack();
    throw error;
  });
  admit(c, keyHash, partnerId);
  giveBack();
}

/** The look-up of a key counts as an anonymous request, unless the key was valid recently. */
function count(c: Context<AppEnv>, known: string | undefined): () => void {
  if (known === undefined) return takeAnonymous(c, "keys");
  c.set("caller", { places: "known", owner: known });
  return () => undefined;
}

/** @throws {AppError} when no partner has the key. */
function admit(c: Context<AppEnv>, keyHash: string, partnerId: string | undefined): string {
  const { knownCallers } = c.env.guards;
  if (partnerId === undefined) {
    knownCallers.forget(keyHash);
    throw unauthorized();
  }
  knownCallers.remember(keyHash, partnerId, Date.now());
  c.set("partnerId", partnerId);
  return partnerId;
}

/** Enters, unless the route has done it. Keeps the answer if the request is admitted. */
export async function enterAnyway(c: Context<AppEnv>): Promise<void> {
  if (c.get("hasEntered")) return;
  const answer = c.res;
  // Without this, the headers of the answer would be added to those of an error.
  c.res = undefined;
  await c.var.enter(() => []);
  c.res = answer;
}

export const unauthorized = () =>
  new AppError(
    "unauthorized",
    "Send the API key in the header x-api-key or in the parameter api_key",
  );
