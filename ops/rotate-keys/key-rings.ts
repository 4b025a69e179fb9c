import {
  generateMailboxKeys,
  generatePartnerKeys,
  type MailboxPrivateKeys,
  type PartnerKeys,
  type Ring,
} from "../../shared/secrets/vault.ts";

export const RINGS = ["mailbox", "partner"] as const satisfies readonly Ring[];

/** The key rings. In each ring the first key seals new secrets, and all keys can open secrets. */
export interface KeyRings {
  mailbox: MailboxPrivateKeys;
  partner: PartnerKeys;
}

interface Keyed {
  kid: string;
}

export const listKids = (rings: KeyRings, ring: Ring): string[] =>
  rings[ring].keys.map(({ kid }) => kid);

/**
 * Returns the id of the active key, which is the first of its ring.
 * @throws when the ring has no key.
 */
export function activeKid(rings: KeyRings, ring: Ring): string {
  const [kid] = listKids(rings, ring);
  if (kid === undefined) throw new Error(`Cannot use the ${ring} ring: it has no key`);
  return kid;
}

/**
 * Returns the rings with a new key in one ring. Until the new key is made the active key, it can
 * only open secrets.
 */
export async function addKey(rings: KeyRings, ring: Ring): Promise<KeyRings> {
  if (ring === "partner") {
    const { keys } = generatePartnerKeys();
    return { ...rings, partner: { keys: [...rings.partner.keys, ...keys] } };
  }
  const { privateKeys } = await generateMailboxKeys();
  return { ...rings, mailbox: { keys: [...rings.mailbox.keys, ...privateKeys.keys] } };
}

/**
 * Returns the rings with this key as the active key of its ring.
 * @throws when the ring has no such key, or the key is already active.
 */
export function activateKey(rings: KeyRings, ring: Ring, kid: string): KeyRings {
  requireKey(rings, ring, { kid, to: "activate" });
  if (activeKid(rings, ring) === kid) {
    throw new Error(`Cannot activate ${kid}: it seals already`);
  }
  const isIt = (key: Keyed) => key.kid === kid;
  return change(rings, ring, (keys) => [...keys.filter(isIt), ...keys.filter((key) => !isIt(key))]);
}

/**
 * Returns the rings without this key, even if secrets still need the key.
 *
 * @throws {Error} when the ring has no such key, or the key is active.
 */
export function retireKey(rings: KeyRings, ring: Ring, kid: string): KeyRings {
  requireKey(rings, ring, { kid, to: "retire" });
  if (activeKid(rings, ring) === kid) {
    throw new Error(`Cannot retire ${kid}: it seals; activate another one first`);
  }
  return change(rings, ring, (keys) => keys.filter((key) => key.kid !== kid));
}

function requireKey(rings: KeyRings, ring: Ring, { kid, to }: { kid: string; to: string }): void {
  const kids = listKids(rings, ring);
  if (kids.includes(kid)) return;
  throw new Error(`Cannot ${to} ${kid}: the ${ring} ring has ${kids.join(", ")}`);
}

function change(
  rings: KeyRings,
  ring: Ring,
  order: <K extends Keyed>(keys: readonly K[]) => K[],
): KeyRings {
  return ring === "mailbox"
    ? { ...rings, mailbox: { keys: order(rings.mailbox.keys) } }
    : { ...rings, partner: { keys: order(rings.partner.keys) } };
}
