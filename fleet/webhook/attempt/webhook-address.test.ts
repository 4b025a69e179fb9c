import { expect, test } from "vitest";
import { generatePartnerKeys, partnerVault } from "../../../shared/secrets/vault.ts";
import { webhookAddresses } from "./webhook-address.ts";

const vault = partnerVault(generatePartnerKeys());
const whole = "https://mail.example/hook?token=secret";
const partner = {
  id: "prt_1",
  newMailWebhook: "https://mail.example/hook?***",
  userConnectedWebhook: "https://mail.example/connected",
  userDisconnectedWebhook: null,
  userAuthFailedWebhook: null,
  sealedNewMailWebhook: await vault.seal("partners/prt_1/new_mail_webhook", whole),
  sealedUserConnectedWebhook: null,
  sealedUserDisconnectedWebhook: null,
  sealedUserAuthFailedWebhook: null,
};

test("an address is opened once per version of the partner's settings", async () => {
  let opened = 0;
  const openAddress = webhookAddresses({
    open(...args) {
      opened++;
      return vault.open(...args);
    },
  });
  expect(await openAddress(partner, "new_mail")).toBe(whole);
  expect(await openAddress(partner, "new_mail")).toBe(whole);
  expect(await openAddress(partner, "user_connected")).toBe("https://mail.example/connected");
  expect(opened).toBe(1);
  const changed = { ...partner, newMailWebhook: "https://mail.example/other" };
  expect(await openAddress(changed, "new_mail")).toBe("https://mail.example/other");
  expect(opened).toBe(2);
});

test("a partner without a webhook for the event has no address", async () => {
  await expect(webhookAddresses(vault)(partner, "user_disconnected")).rejects.toThrow(
    "Cannot deliver user_disconnected: the partner has no webhook for it",
  );
});
