import * as v from "valibot";
import type { Keys } from "../../dev/stack/keys.ts";
import type { KeyRings } from "../../ops/rotate-keys/key-rings.ts";
import {
  mailboxPrivateKeys,
  mailboxVault,
  partnerKeys,
  partnerVault,
} from "../../shared/secrets/vault.ts";

/** Parses the key rings of a stack. */
export const parseRings = (keys: Keys): KeyRings => ({
  mailbox: v.parse(mailboxPrivateKeys, keys.mailbox_private_keys),
  partner: v.parse(partnerKeys, keys.partner_keys),
});

/** Returns the vaults of a process that has these rings. A vault seals and opens secrets. */
export const createVaults = ({ mailbox, partner }: KeyRings) => ({
  mailboxVault: mailboxVault(mailbox),
  partnerVault: partnerVault(partner),
});

/** Returns the rings without the keys that only open secrets. The first key of a ring seals. */
export const onlyActive = ({ mailbox, partner }: KeyRings): KeyRings => ({
  mailbox: { keys: mailbox.keys.slice(0, 1) },
  partner: { keys: partner.keys.slice(0, 1) },
});
