import type { Context } from "hono";
import { createFactory } from "hono/factory";
import type { AppEnv } from "../../app-env.ts";
import { validBody } from "../../middleware/valid.ts";
import {
  rotation,
  rotationRequest,
  showSecret,
  showSigningKey,
} from "../../partners/webhook-key-schemas.ts";
import { dropSigningKey, readKey, rotateKey } from "../../partners/webhook-key-writes.ts";
import { livingOwner } from "./living-owner.ts";
import { mustFindPartner } from "./must-find-partner.ts";

const secret = createFactory<AppEnv, "/partners/:id/webhook-secret">();
const signingKey = createFactory<AppEnv, "/partners/:id/signing-key">();

/** Returns only the first characters of the webhook secret. */
export const getWebhookSecret = secret.createHandlers(async (c) => {
  const { partner } = await mustFindPartner(c.var.db, c.req.param("id"));
  return c.json(showSecret(await readKey(pickDeps(c), partner.id, "webhook_secret")), 200);
});

/** Creates a new webhook secret. It is shown only in this answer. */
export const postWebhookSecret = secret.createHandlers(validBody(rotation), async (c) => {
  const owner = await livingOwner(c, c.req.param("id"));
  const request = rotationRequest(c.req.valid("json"));
  const key = await rotateKey(pickDeps(c), owner, "webhook_secret", request);
  return c.json({ ...showSecret(key), secret: key.current }, 201);
});

export const getPartnerSigningKey = signingKey.createHandlers(async (c) => {
  const { partner } = await mustFindPartner(c.var.db, c.req.param("id"));
  return c.json(showSigningKey(await readKey(pickDeps(c), partner.id, "signing_key")), 200);
});

export const postPartnerSigningKey = signingKey.createHandlers(validBody(rotation), async (c) => {
  const owner = await livingOwner(c, c.req.param("id"));
  const request = rotationRequest(c.req.valid("json"));
  return c.json(showSigningKey(await rotateKey(pickDeps(c), owner, "signing_key", request)), 201);
});

export const deleteSigningKey = signingKey.createHandlers(async (c) => {
  await dropSigningKey(c.var.db, await livingOwner(c, c.req.param("id")));
  return c.body(null, 204);
});

const pickDeps = (c: Context<AppEnv>) => ({ db: c.var.db, vault: c.env.partnerVault });
