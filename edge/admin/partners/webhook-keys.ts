import type { Context } from "hono";
import { createFactory } from "hono/factory";
import type * as v from "valibot";
import { findPartner } from "../../../db/partners/partner-list.ts";
import { lockPartner } from "../../../db/partners/partner-version.ts";
import {
  findWebhookKey,
  type SealedWebhookKey,
  type WebhookKeyName,
} from "../../../db/partners/webhook-keys.ts";
import type { AppEnv } from "../../app-env.ts";
import { validBody } from "../../middleware/valid.ts";
import {
  rotation,
  rotationRequest,
  showSecret,
  showSigningKey,
} from "../../partners/webhook-key-schemas.ts";
import type { KeyOwner } from "../../partners/key-writes.ts";
import {
  existingKey,
  planDrop,
  planRotation,
  readKey,
  requiringKey,
} from "../../partners/webhook-key-writes.ts";
import { type BuildWrites, runWrite } from "../../run-write.ts";
import { toLivingOwner } from "./living-owner.ts";
import { mustFindPartner, refuseBadId } from "./must-find-partner.ts";

const secret = createFactory<AppEnv, "/partners/:id/webhook-secret">();
const signingKey = createFactory<AppEnv, "/partners/:id/signing-key">();

/** Returns only the first characters of the webhook secret. */
export const getWebhookSecret = secret.createHandlers(async (c) => {
  const { partner } = await mustFindPartner(c.var.db, c.req.param("id"));
  return c.json(showSecret(await readKey(pickDeps(c), partner.id, "webhook_secret")), 200);
});

/** Creates a new webhook secret. It is shown only in this answer. */
export const postWebhookSecret = secret.createHandlers(validBody(rotation), async (c) => {
  const key = await rotateKey(c, c.req.param("id"), "webhook_secret", c.req.valid("json"));
  return c.json({ ...showSecret(key), secret: key.current }, 201);
});

export const getPartnerSigningKey = signingKey.createHandlers(async (c) => {
  const { partner } = await mustFindPartner(c.var.db, c.req.param("id"));
  return c.json(showSigningKey(await readKey(pickDeps(c), partner.id, "signing_key")), 200);
});

export const postPartnerSigningKey = signingKey.createHandlers(validBody(rotation), async (c) => {
  const key = await rotateKey(c, c.req.param("id"), "signing_key", c.req.valid("json"));
  return c.json(showSigningKey(key), 201);
});

export const deleteSigningKey = signingKey.createHandlers(async (c) => {
  await writeKey(c, { id: c.req.param("id"), name: "signing_key" }, (owner, sealed) => ({
    key: undefined,
    build: planDrop(owner, sealed),
  }));
  return c.body(null, 204);
});

function rotateKey(
  c: Context<AppEnv>,
  id: string,
  name: WebhookKeyName,
  asked: v.InferOutput<typeof rotation>,
) {
  const request = rotationRequest(asked);
  return writeKey(c, { id, name }, (owner, sealed) =>
    planRotation(c.env.partnerVault, owner, name, { request, sealed }),
  );
}

interface PlannedKey<Key> {
  key: Key;
  build: BuildWrites;
}

/** Decides a write to a key of a partner, and runs it. */
async function writeKey<Key>(
  c: Context<AppEnv>,
  { id, name }: { id: string; name: WebhookKeyName },
  plan: (owner: KeyOwner, sealed: SealedWebhookKey) => PlannedKey<Key> | Promise<PlannedKey<Key>>,
): Promise<Key> {
  refuseBadId(id);
  return runWrite(c.var.db, {
    read: (db) => [findPartner(db, id), findWebhookKey(db, id, name)],
    lock: (tx) => [lockPartner(tx, id)],
    decide: async ([found, sealed]) => {
      const owner = toLivingOwner(c, found);
      const stored = existingKey(sealed);
      const { key, build } = await plan(owner, stored);
      return { result: key, build: requiringKey(id, stored, build) };
    },
  });
}

const pickDeps = (c: Context<AppEnv>) => ({ db: c.var.db, vault: c.env.partnerVault });
