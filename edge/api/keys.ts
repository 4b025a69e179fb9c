import { describeRoute } from "hono-openapi";
import { createFactory } from "hono/factory";
import * as v from "valibot";
import { listApiKeys } from "../../db/partners/api-keys.ts";
import type { AppEnv } from "../app-env.ts";
import { validBody, validQuery } from "../middleware/valid.ts";
import { jsonAnswer, problemAnswers } from "../openapi/answers.ts";
import { changedKey, keyAnswer, newKey, newKeyAnswer, showKey } from "../partners/key-schemas.ts";
import { letKeySign, createKey, MAX_KEYS, revokeKey } from "../partners/key-writes.ts";
import { ownerOf } from "./users/owner-of.ts";
import { pageOf, pageQuery, showPage } from "./page.ts";

const all = createFactory<AppEnv, "/api-keys">();
const one = createFactory<AppEnv, "/api-keys/:id">();

export const getKeys = all.createHandlers(
  describeRoute({
    operationId: "listApiKeys",
    tags: ["API keys"],
    summary: "List the partner's API keys, revoked ones too",
    responses: { 200: jsonAnswer("The keys.", v.array(keyAnswer)) },
  }),
  validQuery(pageQuery("key")),
  async (c) => {
    const query = c.req.valid("query");
    const found = await listApiKeys(c.var.db, c.var.partnerId, pageOf(query));
    const { rows, headers } = showPage(found, query, `${c.env.publicUrl}${c.req.path}`);
    return c.json(rows.map(showKey), 200, headers);
  },
);

export const postKey = all.createHandlers(
  describeRoute({
    operationId: "createApiKey",
    tags: ["API keys"],
    summary: "Make another API key",
    description: `It serves requests at once and signs nothing until it is chosen to. At most ${MAX_KEYS} that are not revoked.`,
    responses: {
      201: jsonAnswer("The new key.", newKeyAnswer),
      ...problemAnswers("conflict"),
    },
  }),
  validBody(newKey),
  async (c) => {
    const deps = { db: c.var.db, vault: c.env.partnerVault };
    const { key, row } = await createKey(deps, ownerOf(c));
    return c.json({ ...showKey(row), key }, 201);
  },
);

export const putKey = one.createHandlers(
  describeRoute({
    operationId: "updateApiKey",
    tags: ["API keys"],
    summary: "Let this key sign",
    description:
      "Webhooks that are sent from now on, retries too, are signed with it in their body's `signature`. The header `webhook-signature` has a secret of its own.",
    responses: {
      200: jsonAnswer("The key.", keyAnswer),
      ...problemAnswers("not-found", "conflict"),
    },
  }),
  validBody(changedKey),
  async (c) => c.json(showKey(await letKeySign(c.var.db, ownerOf(c), c.req.param("id")))),
);

export const removeKey = one.createHandlers(
  describeRoute({
    operationId: "revokeApiKey",
    tags: ["API keys"],
    summary: "Revoke a key",
    description:
      "No request is served with it any more; doing it again changes nothing. The key that signs cannot be revoked, and so the last one cannot: let another sign first.",
    responses: {
      204: { description: "It is revoked." },
      ...problemAnswers("not-found", "conflict"),
    },
  }),
  async (c) => {
    await revokeKey(c.var.db, ownerOf(c), c.req.param("id"));
    return c.body(null, 204);
  },
);
