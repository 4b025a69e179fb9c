import * as v from "valibot";
import type { Keys } from "../../dev/stack/keys.ts";
import type { KeyRings } from "../../ops/rotate-keys/key-rings.ts";
import {
  mailboxPrivateKeys,
  mailboxVault,
  partnerKeys,
  partnerVault,
} from "../../shared/secrets/vault.ts";

/** Parses the rings that a stack was made with. */
export const parseRings = (keys: Keys): KeyRings => ({
  mailbox: v.parse(mailboxPrivateKeys, keys.mailbox_private_keys),
  partner: v.parse(partnerKeys, keys.partner_keys),
});

/** Returns the vaults of a process that was started with these rings. */
export const createVaults = ({ mailbox, partner }: KeyRings) => ({
  mailboxVault: mailboxVault(mailbox),
  partnerVault: partnerVault(partner),
});

/** Returns the rings with only the keys that seal. */
export const onlyActive = ({ mailbox, partner }: KeyRings): KeyRings => ({
  mailbox: { keys: mailbox.keys.slice(0, 1) },
  partner: { keys: partner.keys.slice(0, 1) },
});
