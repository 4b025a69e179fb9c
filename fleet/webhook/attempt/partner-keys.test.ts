import { expect, test } from "vitest";
import { webhookKeyRow } from "../../../db/partners/webhook-keys.ts";
import { generatePartnerKeys, partnerVault } from "../../../shared/secrets/vault.ts";
import { type OpenKeys, partnerKeyring } from "./partner-keys.ts";

const vault = partnerVault(generatePartnerKeys());
const ID = "prt_1";
const NOW_MS = 1_795_360_645_000;
const rows = ["webhook_secret", "previous_webhook_secret", "signing_key", "previous_signing_key"];

/** In this test, the value of each key is the key's name. */
const sealed = await Promise.all([
  vault.seal(webhookKeyRow(ID, "webhook_secret"), "webhook_secret"),
  vault.seal(webhookKeyRow(ID, "previous_webhook_secret"), "previous_webhook_secret"),
  vault.seal(webhookKeyRow(ID, "signing_key"), "signing_key"),
  vault.seal(webhookKeyRow(ID, "previous_signing_key"), "previous_signing_key"),
]);
const [
  sealedWebhookSecret,
  sealedPreviousWebhookSecret,
  sealedSigningKey,
  sealedPreviousSigningKey,
] = sealed;

const one = {
  id: ID,
  sealedWebhookSecret,
  sealedPreviousWebhookSecret: null,
  previousWebhookSecretUntil: null,
  sealedSigningKey: null,
  sealedPreviousSigningKey: null,
  previousSigningKeyUntil: null,
  apiKeyId: "key_1",
  sealedApiKey: await vault.seal("api_keys/key_1/key", "api key"),
};
const later = new Date(NOW_MS + 1);
const all = {
  ...one,
  sealedPreviousWebhookSecret,
  previousWebhookSecretUntil: later,
  sealedSigningKey,
  sealedPreviousSigningKey,
  previousSigningKeyUntil: later,
};

const SIGNING: [what: string, partner: Parameters<OpenKeys>[0], keys: string[]][] = [
  ["a secret alone", one, ["webhook_secret"]],
  ["with a signing key, both", { ...one, sealedSigningKey }, ["webhook_secret", "signing_key"]],
  ["during both rotations, all four", all, rows],
  [
    "after the rotation of the secret, three",
    { ...all, previousWebhookSecretUntil: new Date(NOW_MS) },
    ["webhook_secret", "signing_key", "previous_signing_key"],
  ],
  [
    "after the rotation of the signing key, three",
    { ...all, previousSigningKeyUntil: new Date(NOW_MS) },
    ["webhook_secret", "previous_webhook_secret", "signing_key"],
  ],
  [
    "a previous secret that was kept for no time signs never",
    { ...one, sealedPreviousWebhookSecret },
    ["webhook_secret"],
  ],
];

test.each(SIGNING)("%s", async (_what, partner, keys) => {
  const openKeys = partnerKeyring(vault);
  expect(await openKeys(partner, NOW_MS)).toEqual({ apiKey: "api key", headerKeys: keys });
});

test("settings that do not change are opened once, and a rotation ends all the same", async () => {
  let opened = 0;
  const counting = {
    open: (...args: Parameters<typeof vault.open>) => {
      opened++;
      return vault.open(...args);
    },
  };
  const openKeys = partnerKeyring(counting);
  expect((await openKeys(all, NOW_MS)).headerKeys).toHaveLength(4);
  expect((await openKeys(all, NOW_MS + 1)).headerKeys).toEqual(["webhook_secret", "signing_key"]);
  expect(opened).toBe(5);
});

test("a previous secret in the place of the current one cannot be opened", async () => {
  const moved = { ...one, sealedWebhookSecret: sealedPreviousWebhookSecret };
  await expect(partnerKeyring(vault)(moved, NOW_MS)).rejects.toThrow("sealed for another row");
});

test("a partner without an API key cannot sign", async () => {
  const revoked = { ...one, apiKeyId: null, sealedApiKey: null };
  await expect(partnerKeyring(vault)(revoked, NOW_MS)).rejects.toThrow(
    "Cannot sign for partner prt_1: all of its API keys are revoked",
  );
});
