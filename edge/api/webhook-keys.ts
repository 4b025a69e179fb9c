import type { Context } from "hono";
import { describeRoute } from "hono-openapi";
import { createFactory } from "hono/factory";
import type { Db } from "../../db/client.ts";
import { lockPartner } from "../../db/partners/partner-version.ts";
import type { Ref } from "../../db/query.ts";
import { findWebhookKey, type WebhookKeyName } from "../../db/partners/webhook-keys.ts";
import type { AppEnv } from "../app-env.ts";
import { answerWrite } from "../middleware/answer-write.ts";
import { validBody } from "../middleware/valid.ts";
import { jsonAnswer, problemAnswers } from "../openapi/answers.ts";
import {
  newSecretAnswer,
  rotation,
  rotationRequest,
  secretAnswer,
  showSecret,
  showSigningKey,
  signingKeyAnswer,
} from "../partners/webhook-key-schemas.ts";
import type { RotationRequest } from "../partners/rotation.ts";
import {
  existingKey,
  openKey,
  planDrop,
  planRotation,
  requiringKey,
  type WebhookKey,
} from "../partners/webhook-key-writes.ts";
import { toKeyOwner } from "./users/to-key-owner.ts";

const secret = createFactory<AppEnv, "/webhooks/secret">();
const signingKey = createFactory<AppEnv, "/webhooks/signing-key">();

const ROTATES =
  "The previous secret or key also signs for another day, or for `grace_hours`, so that no receiver refuses a request while you change it. During that time another rotation is a conflict, unless `force` is true.";

export const getSecret = secret.createHandlers(
  describeRoute({
    operationId: "getWebhookSecret",
    tags: ["Webhooks"],
    summary: "Show the first characters of the secrets that sign webhooks",
    responses: { 200: jsonAnswer("The secret, and the previous one.", secretAnswer) },
  }),
  async (c) => c.json(showSecret(await readOwnKey(c, "webhook_secret"))),
);

export const postSecret = secret.createHandlers(
  describeRoute({
    operationId: "rotateWebhookSecret",
    tags: ["Webhooks"],
    summary: "Rotate the webhook secret",
    description: ROTATES,
    responses: {
      201: jsonAnswer("The new secret.", newSecretAnswer),
      ...problemAnswers("conflict"),
    },
  }),
  validBody(rotation),
  async (c) => {
    const request = rotationRequest(c.req.valid("json"));
    return answerRotation(c, { name: "webhook_secret", request }, (key) =>
      c.json({ ...showSecret(key), secret: key.current }, 201),
    );
  },
);

export const getSigningKey = signingKey.createHandlers(
  describeRoute({
    operationId: "getSigningKey",
    tags: ["Webhooks"],
    summary: "Show the public keys that verify `v1a` signatures",
    responses: { 200: jsonAnswer("The public key, and the previous one.", signingKeyAnswer) },
  }),
  async (c) => c.json(showSigningKey(await readOwnKey(c, "signing_key"))),
);

export const postSigningKey = signingKey.createHandlers(
  describeRoute({
    operationId: "rotateSigningKey",
    tags: ["Webhooks"],
    summary: "Create or rotate the Ed25519 signing key",
    description: `From now on \`webhook-signature\` has a \`v1a\` beside each \`v1\`; its private key never leaves the service. ${ROTATES}`,
    responses: {
      201: jsonAnswer("The new public key.", signingKeyAnswer),
      ...problemAnswers("conflict"),
    },
  }),
  validBody(rotation),
  async (c) => {
    const request = rotationRequest(c.req.valid("json"));
    return answerRotation(c, { name: "signing_key", request }, (key) =>
      c.json(showSigningKey(key), 201),
    );
  },
);

export const removeSigningKey = signingKey.createHandlers(
  describeRoute({
    operationId: "deleteSigningKey",
    tags: ["Webhooks"],
    summary: "Remove the Ed25519 signing key",
    description: "Takes effect immediately, also for the previous key. Idempotent.",
    responses: { 204: { description: "The signing key is removed." } },
  }),
  async (c) =>
    answerWrite(c, {
      ...ownKey("signing_key"),
      decide: ([found]) => {
        const sealed = existingKey(found);
        const build = planDrop(toKeyOwner(c), sealed);
        return {
          answer: c.body(null, 204),
          build: requiringKey(c.var.partnerId, sealed, build),
        };
      },
    }),
);

async function readOwnKey(c: Context<AppEnv>, name: WebhookKeyName): Promise<WebhookKey> {
  const [found] = await c.var.enter((db, partner) => [findWebhookKey(db, partner, name)]);
  return openKey(c.env.partnerVault, c.var.partnerId, name, existingKey(found));
}

const answerRotation = <Answer extends Response>(
  c: Context<AppEnv>,
  { name, request }: { name: WebhookKeyName; request: RotationRequest },
  toAnswer: (key: WebhookKey & { current: string }) => Answer,
): Promise<Answer> =>
  answerWrite(c, {
    ...ownKey(name),
    decide: async ([found]) => {
      const sealed = existingKey(found);
      const asked = { request, sealed };
      const { key, build } = await planRotation(c.env.partnerVault, toKeyOwner(c), name, asked);
      return { answer: toAnswer(key), build: requiringKey(c.var.partnerId, sealed, build) };
    },
  });

/** Returns what `answerWrite()` needs for a write to a key. */
const ownKey = (name: WebhookKeyName) => ({
  read: (db: Db, partner: Ref) => [findWebhookKey(db, partner, name)] as const,
  lock: (db: Db, partner: Ref) => [lockPartner(db, partner)],
});
