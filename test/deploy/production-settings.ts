import type { DatabaseStack } from "../harness/stacks/database-stack.ts";

/**
 * The settings that production requires of the edge and the fleet, with servers on this machine.
 */
export const productionSettings = ({ address, context }: DatabaseStack) => ({
  PUBLIC_URL: "https://mail.example.com",
  DATABASE_URL: address.url,
  DATABASE_PROXY: address.proxy,
  NATS_URL: `nats://127.0.0.1:${context.ports.nats}`,
  MAILBOX_PUBLIC_KEYS: context.keys.mailbox_public_keys,
  MAILBOX_PRIVATE_KEYS: context.keys.mailbox_private_keys,
  PARTNER_KEYS: context.keys.partner_keys,
});
