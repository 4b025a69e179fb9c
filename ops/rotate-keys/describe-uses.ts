import type { KeyUse } from "../../db/partners/sealed-rows.ts";
import { nameColumn } from "../../db/partners/sealed-columns.ts";
import type { Ring } from "../../shared/secrets/vault.ts";
import { listKids, type KeyRings, RINGS } from "./key-rings.ts";

/**
 * Returns a line for each key of each ring, with the number of secrets of each column that the key
 * has sealed. Further lines count the secrets that no key of the ring can open.
 */
export function describeUses(rings: KeyRings, uses: readonly KeyUse[]): string {
  return RINGS.flatMap((ring) => [ring, ...describeRing(rings, ring, uses)]).join("\n");
}

function describeRing(rings: KeyRings, ring: Ring, uses: readonly KeyUse[]): string[] {
  const kids = listKids(rings, ring);
  const known = kids.map((kid, index) => {
    const role = index === 0 ? "seals" : "opens";
    return `  ${kid}  ${role}  ${describeSecrets(findUses(uses, ring, kid))}`;
  });
  const others = new Set(
    uses.filter(({ column }) => column.ring === ring).map(({ kid }) => kid ?? "no key"),
  );
  const unknown = [...others]
    .filter((kid) => !kids.includes(kid))
    .map((kid) => `  ${kid}  is not there  ${describeSecrets(findUses(uses, ring, kid))}`);
  return [...known, ...unknown];
}

/** Returns the columns with secrets that this key has sealed. */
export const findUses = (uses: readonly KeyUse[], ring: Ring, kid: string): KeyUse[] =>
  uses.filter(({ column, kid: of }) => column.ring === ring && (of ?? "no key") === kid);

/** Returns, for example, `users.sealed_login_password 3, users.sealed_refresh_token 1`. */
export const describeSecrets = (uses: readonly KeyUse[]): string =>
  uses.map(({ column, rows }) => `${nameColumn(column)} ${rows}`).join(", ") || "nothing";
