import { createFactory } from "hono/factory";
import * as v from "valibot";
import { listApiKeys } from "../../../db/partners/api-keys.ts";
import type { AppEnv } from "../../app-env.ts";
import { validQuery } from "../../middleware/valid.ts";
import { showKey } from "../../partners/key-schemas.ts";
import { createKey, letKeySign, revokeKey } from "../../partners/key-writes.ts";
import { cutPage, oneMore, pageFields } from "../page.ts";
import { livingOwner } from "./living-owner.ts";
import { mustFindPartner } from "./must-find-partner.ts";

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
  const owner = await livingOwner(c, c.req.param("id"));
  const { key, row } = await createKey({ db: c.var.db, vault: c.env.partnerVault }, owner);
  return c.json({ ...showKey(row), key }, 201);
});

/** Makes this key sign the webhook bodies. The key that signed before stops signing. */
export const postSigning = signing.createHandlers(async (c) => {
  const owner = await livingOwner(c, c.req.param("id"));
  return c.json(showKey(await letKeySign(c.var.db, owner, c.req.param("key"))), 200);
});

export const deleteApiKey = one.createHandlers(async (c) => {
  const owner = await livingOwner(c, c.req.param("id"));
  await revokeKey(c.var.db, owner, c.req.param("key"));
  return c.body(null, 204);
});
