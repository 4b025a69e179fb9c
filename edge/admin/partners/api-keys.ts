import type { Context } from "hono";
import { createFactory } from "hono/factory";
import * as v from "valibot";
import { readServerTime } from "../../../db/conditions.ts";
import { type ApiKey, listApiKeys, readApiKeys } from "../../../db/partners/api-keys.ts";
import { findPartner } from "../../../db/partners/partner-list.ts";
import { lockPartner } from "../../../db/partners/partner-version.ts";
import type { AppEnv } from "../../app-env.ts";
import { validQuery } from "../../middleware/valid.ts";
import { showKey } from "../../partners/key-schemas.ts";
import {
  type KeyOwner,
  type PlannedKeyWrite,
  planNewKey,
  planRevocation,
  planSigning,
  requiringKeys,
} from "../../partners/key-writes.ts";
import { runWrite } from "../../run-write.ts";
import { cutPage, oneMore, pageFields } from "../page.ts";
import { toLivingOwner } from "./living-owner.ts";
import { mustFindPartner, refuseBadId } from "./must-find-partner.ts";

const all = createFactory<AppEnv, "/partners/:id/api-keys">();
const one = createFactory<AppEnv, "/partners/:id/api-keys/:key">();
const signing = createFactory<AppEnv, "/partners/:id/api-keys/:key/sign">();

/** Lists the API keys of a partner, including revoked ones. */
export const getApiKeys = all.createHandlers(validQuery(v.object(pageFields("key"))), async (c) => {
  const { limit, cursor } = c.req.valid("query");
  const { partner } = await mustFindPartner(c.var.db, c.req.param("id"));
  const page = { after: cursor, limit: oneMore(limit) };
  const { rows, next_cursor } = cutPage(await listApiKeys(c.var.db, partner.id, page), limit);
  return c.json({ api_keys: rows.map(showKey), next_cursor }, 200);
});

/**
 * Creates an API key. The key is shown only in this answer. It does not sign webhooks until an
 * admin chooses it for signing.
 */
export const postApiKey = all.createHandlers(async (c) => {
  const { key, row } = await writeKeys(c, c.req.param("id"), (owner, keys, now) =>
    planNewKey(c.env.partnerVault, owner, keys, now),
  );
  return c.json({ ...showKey(row), key }, 201);
});

/** Makes this key sign the webhook bodies. The key that signed before stops signing. */
export const postSigning = signing.createHandlers(async (c) => {
  const chosen = await writeKeys(c, c.req.param("id"), (owner, keys) =>
    planSigning(owner, keys, c.req.param("key")),
  );
  return c.json(showKey(chosen), 200);
});

export const deleteApiKey = one.createHandlers(async (c) => {
  await writeKeys(c, c.req.param("id"), (owner, keys) =>
    planRevocation(owner, keys, c.req.param("key")),
  );
  return c.body(null, 204);
});

/** Decides a write to the keys of a partner, and runs it. */
async function writeKeys<Result>(
  c: Context<AppEnv>,
  id: string,
  plan: (
    owner: KeyOwner,
    keys: readonly ApiKey[],
    now: Date,
  ) => PlannedKeyWrite<Result> | Promise<PlannedKeyWrite<Result>>,
): Promise<Result> {
  refuseBadId(id);
  return runWrite(c.var.db, {
    read: (db) => [findPartner(db, id), readApiKeys(db, id), readServerTime(db)],
    lock: (tx) => [lockPartner(tx, id)],
    decide: async ([found, keys, now]) => {
      const { result, build } = await plan(toLivingOwner(c, found), keys, now);
      return { result, build: requiringKeys(id, keys, build) };
    },
  });
}
