import { Hono } from "hono";
import type { AppEnv } from "../../app-env.ts";
import { deleteApiKey, getApiKeys, postApiKey, postSigning } from "./api-keys.ts";
import {
  deletePartner,
  getPartner,
  getPartners,
  patchPartner,
  postPartner,
  postPartnerPause,
  postPartnerResume,
} from "./partners.ts";
import { postPartnerTestWebhook } from "./test-webhook.ts";
import {
  deleteSigningKey,
  getPartnerSigningKey,
  getWebhookSecret,
  postPartnerSigningKey,
  postWebhookSecret,
} from "./webhook-keys.ts";

/** Routes for partners, their keys and their deliveries. */
export const partnersApi = new Hono<AppEnv>()
  .get("/partners", ...getPartners)
  .post("/partners", ...postPartner)
  .get("/partners/:id", ...getPartner)
  .patch("/partners/:id", ...patchPartner)
  .delete("/partners/:id", ...deletePartner)
  .post("/partners/:id/pause", ...postPartnerPause)
  .post("/partners/:id/resume", ...postPartnerResume)
  .get("/partners/:id/api-keys", ...getApiKeys)
  .post("/partners/:id/api-keys", ...postApiKey)
  .post("/partners/:id/api-keys/:key/sign", ...postSigning)
  .delete("/partners/:id/api-keys/:key", ...deleteApiKey)
  .get("/partners/:id/webhook-secret", ...getWebhookSecret)
  .post("/partners/:id/webhook-secret", ...postWebhookSecret)
  .get("/partners/:id/signing-key", ...getPartnerSigningKey)
  .post("/partners/:id/signing-key", ...postPartnerSigningKey)
  .delete("/partners/:id/signing-key", ...deleteSigningKey)
  .post("/partners/:id/test-webhook", ...postPartnerTestWebhook);
