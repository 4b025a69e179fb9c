import { describeRoute } from "hono-openapi";
import { createFactory } from "hono/factory";
import * as v from "valibot";
import { readServerTime } from "../../db/conditions.ts";
import { listApiKeys, readApiKeys } from "../../db/partners/api-keys.ts";
import { lockPartner } from "../../db/partners/partner-version.ts";
import type { AppEnv } from "../app-env.ts";
import { answerWrite } from "../middleware/answer-write.ts";
import { validBody, validQuery } from "../middleware/valid.ts";
import { jsonAnswer, problemAnswers } from "../openapi/answers.ts";
import { changedKey, keyAnswer, newKey, newKeyAnswer, showKey } from "../partners/key-schemas.ts";
import {
  MAX_KEYS,
  planNewKey,
  planRevocation,
  planSigning,
  requiringKeys,
} from "../partners/key-writes.ts";
import { toKeyOwner } from "./users/to-key-owner.ts";
import { pageQuery, showPage, toPageRange } from "./page.ts";

const all = createFactory<AppEnv, "/api-keys">();
const one = createFactory<AppEnv, "/api-keys/:id">();

export const getKeys = all.createHandlers(
  describeRoute({
    operationId: "listApiKeys",
    tags: ["API keys"],
    summary: "List the partner's API keys, including revoked ones",
    responses: { 200: jsonAnswer("The keys.", v.array(keyAnswer)) },
  }),
  validQuery(pageQuery("key")),
  async (c) => {
    const query = c.req.valid("query");
    const [found] = await c.var.enter((db, partner) => [
      listApiKeys(db, partner, toPageRange(query)),
    ]);
    const { rows, headers } = showPage(found, query, `${c.env.publicUrl}${c.req.path}`);
    return c.json(rows.map(showKey), 200, headers);
  },
);

export const postKey = all.createHandlers(
  describeRoute({
    operationId: "createApiKey",
    tags: ["API keys"],
    summary: "Create an API key",
    description: `It serves requests at once and signs nothing until it is chosen to. At most ${MAX_KEYS} that are not revoked.`,
    responses: {
      201: jsonAnswer("The new key.", newKeyAnswer),
      ...problemAnswers("conflict"),
    },
  }),
  validBody(newKey),
  async (c) => {
    return answerWrite(c, {
      read: (db, partner) => [readApiKeys(db, partner), readServerTime(db)],
      lock: (db, partner) => [lockPartner(db, partner)],
      decide: async ([keys, now]) => {
        const plan = await planNewKey(c.env.partnerVault, toKeyOwner(c), keys, now);
        const { key, row } = plan.result;
        const answer = c.json({ ...showKey(row), key }, 201);
        return { answer, build: requiringKeys(c.var.partnerId, keys, plan.build) };
      },
    });
  },
);

export const putKey = one.createHandlers(
  describeRoute({
    operationId: "updateApiKey",
    tags: ["API keys"],
    summary: "Use this key for signing",
    description:
      "From now on this key makes the `signature` in the body of webhooks, including retries. The header `webhook-signature` uses the webhook secret instead.",
    responses: {
      200: jsonAnswer("The key.", keyAnswer),
      ...problemAnswers("not-found", "conflict"),
    },
  }),
  validBody(changedKey),
  async (c) =>
    answerWrite(c, {
      read: (db, partner) => [readApiKeys(db, partner)],
      lock: (db, partner) => [lockPartner(db, partner)],
      decide: ([keys]) => {
        const { result, build } = planSigning(toKeyOwner(c), keys, c.req.param("id"));
        return {
          answer: c.json(showKey(result)),
          build: requiringKeys(c.var.partnerId, keys, build),
        };
      },
    }),
);

export const removeKey = one.createHandlers(
  describeRoute({
    operationId: "revokeApiKey",
    tags: ["API keys"],
    summary: "Revoke a key",
    description:
      "Requests with this key are refused from now on; idempotent. The signing key, and therefore the last key, cannot be revoked: choose another key for signing first.",
    responses: {
      204: { description: "The key is revoked." },
      ...problemAnswers("not-found", "conflict"),
    },
  }),
  async (c) =>
    answerWrite(c, {
      read: (db, partner) => [readApiKeys(db, partner)],
      lock: (db, partner) => [lockPartner(db, partner)],
      decide: ([keys]) => {
        const { build } = planRevocation(toKeyOwner(c), keys, c.req.param("id"));
        return { answer: c.body(null, 204), build: requiringKeys(c.var.partnerId, keys, build) };
      },
    }),
);
