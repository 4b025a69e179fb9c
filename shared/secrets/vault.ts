import { CompactEncrypt, compactDecrypt, exportJWK, generateKeyPair, importJWK } from "jose";
import { encodeBase64urlNoPadding } from "@oslojs/encoding";
import * as v from "valibot";
import { encodeBase62 } from "../base62.ts";

/**
 * A sealed secret is a compact JWE (RFC 7516). Its protected header contains `kid` and the secret's
 * row. A ciphertext that was edited or moved to another row does not open. There are two rings of
 * keys:
 *
 * - `mailbox`: asymmetric (ECDH-ES), for secrets such as mailbox passwords and refresh tokens. The
 *   edge has only the public keys and can only seal. Only the fleet can open.
 * - `partner`: symmetric (A256GCM), for the other secrets, such as API keys, webhook addresses and
 *   webhook secrets. Edge and fleet can seal and open.
 */
const RINGS = {
  mailbox: { alg: "ECDH-ES", enc: "A256GCM" },
  partner: { alg: "dir", enc: "A256GCM" },
} as const;

export type Ring = keyof typeof RINGS;
type Key = Awaited<ReturnType<typeof importJWK>>;

const jwkFields = { kid: v.pipe(v.string(), v.nonEmpty()), alg: v.exactOptional(v.string()) };
const ecJwk = {
  ...jwkFields,
  kty: v.literal("EC"),
  crv: v.literal("P-256"),
  x: v.string(),
  y: v.string(),
};

const publicJwk = v.strictObject(ecJwk);
const privateJwk = v.strictObject({ ...ecJwk, d: v.string() });
const symmetricJwk = v.strictObject({
  ...jwkFields,
  kty: v.literal("oct"),
  k: v.pipe(v.string(), v.length(43)),
});

/**
 * A JWK Set (RFC 7517, 5) as JSON text. The first key seals new secrets. The other keys only open
 * secrets that they sealed before.
 */
const jwkSet = <S extends v.GenericSchema>(key: S, message: string) =>
  v.pipe(
    v.string(),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const parsed = v.safeParse(
        v.object({ keys: v.pipe(v.array(key), v.minLength(1)) }),
        tryJson(dataset.value),
      );
      if (parsed.success) return parsed.output;
      addIssue({ message });
      return NEVER;
    }),
  );

export const mailboxPublicKeys = jwkSet(
  publicJwk,
  "must be a JSON Web Key Set of public P-256 keys, each with a kid",
);
export const mailboxPrivateKeys = jwkSet(
  privateJwk,
  "must be a JSON Web Key Set of private P-256 keys, each with a kid",
);
export const partnerKeys = jwkSet(
  symmetricJwk,
  "must be a JSON Web Key Set of 256-bit symmetric keys, each with a kid",
);

export type MailboxPublicKeys = v.InferOutput<typeof mailboxPublicKeys>;
export type MailboxPrivateKeys = v.InferOutput<typeof mailboxPrivateKeys>;
export type PartnerKeys = v.InferOutput<typeof partnerKeys>;

/** The only row and column where a ciphertext is valid, e.g. `users/usr_1/login_password`. */
export type RowIdentity = `${string}/${string}/${string}`;

export interface Sealer {
  seal(row: RowIdentity, secret: string): Promise<string>;
}
export interface Opener {
  /**
   * Opens a secret of this row.
   * @throws {VaultError} when the key is unknown, or the text was edited or belongs to another row.
   */
  open(row: RowIdentity, sealed: string): Promise<string>;
}

/**
 * Thrown when a secret cannot be sealed or opened. The message names the row, but contains no part
 * of the secret.
 */
export class VaultError extends Error {
  override readonly name = "VaultError";
}

export const mailboxSealer = (keys: MailboxPublicKeys): Sealer => createSealer("mailbox", keys);
export const mailboxOpener = (keys: MailboxPrivateKeys): Opener => createOpener("mailbox", keys);
/**
 * Creates a vault that seals and opens mailbox secrets. The fleet also seals: when a provider
 * rotates a refresh token, the fleet stores the new token.
 */
export const mailboxVault = (keys: MailboxPrivateKeys): Sealer & Opener => ({
  ...createSealer("mailbox", publicHalf(keys)),
  ...createOpener("mailbox", keys),
});
/** Returns the public keys of the ring. The edge has no other keys of this ring. */
export const publicHalf = ({ keys }: MailboxPrivateKeys): MailboxPublicKeys => ({
  keys: keys.map(({ kid, kty, crv, x, y }) => ({ kid, kty, crv, x, y })),
});
export const partnerVault = (keys: PartnerKeys): Sealer & Opener => ({
  ...createSealer("partner", keys),
  ...createOpener("partner", keys),
});

type AnyKeys = MailboxPublicKeys | MailboxPrivateKeys | PartnerKeys;

function createSealer(ring: Ring, keys: AnyKeys): Sealer {
  const imported = importAll(ring, keys);
  return {
    async seal(row, secret) {
      const active = keys.keys[0];
      const key = active && (await imported(active.kid));
      if (!active || !key) throw new VaultError(`Cannot seal ${row}: the ${ring} ring has no key`);
      return new CompactEncrypt(new TextEncoder().encode(secret))
        .setProtectedHeader({ ...RINGS[ring], kid: active.kid, row })
        .encrypt(key);
    },
  };
}

function createOpener(ring: Ring, keys: AnyKeys): Opener {
  const imported = importAll(ring, keys);
  const { alg, enc } = RINGS[ring];
  return {
    async open(row, sealed) {
      const opened = await compactDecrypt(
        sealed,
        async (header) => {
          const key = await imported(header.kid ?? "");
          if (!key)
            throw new VaultError(`Cannot open ${row}: the ${ring} ring has no key of its kid`);
          return key;
        },
        { keyManagementAlgorithms: [alg], contentEncryptionAlgorithms: [enc] },
      ).catch((cause: unknown) => {
        if (cause instanceof VaultError) throw cause;
        throw new VaultError(`Cannot open ${row}: the sealed text is not intact`, { cause });
      });
      // jose checks that the header is authentic, but does not compare `row`.
      if (opened.protectedHeader["row"] !== row) {
        throw new VaultError(`Cannot open ${row}: it was sealed for another row`);
      }
      return new TextDecoder().decode(opened.plaintext);
    },
  };
}

function importAll(ring: Ring, keys: AnyKeys): (kid: string) => Promise<Key | undefined> {
  const imported = new Map<string, Promise<Key>>();
  return async (kid) => {
    const jwk = keys.keys.find((key) => key.kid === kid);
    if (!jwk) return undefined;
    const known = imported.get(kid) ?? importJWK({ ...jwk }, RINGS[ring].alg);
    imported.set(kid, known);
    return known;
  };
}

/**
 * Creates a mailbox ring with one key. The edge gets the public half, the fleet the private half.
 */
export async function generateMailboxKeys(kidPrefix = ""): Promise<{
  publicKeys: MailboxPublicKeys;
  privateKeys: MailboxPrivateKeys;
}> {
  const pair = await generateKeyPair("ECDH-ES", { crv: "P-256", extractable: true });
  const kid = kidPrefix + newKid();
  const publicKey = v.parse(publicJwk, { ...(await exportJWK(pair.publicKey)), kid });
  const privateKey = v.parse(privateJwk, { ...(await exportJWK(pair.privateKey)), kid });
  return { publicKeys: { keys: [publicKey] }, privateKeys: { keys: [privateKey] } };
}

/** Creates a partner ring with one key. */
export function generatePartnerKeys(kidPrefix = ""): PartnerKeys {
  const k = encodeBase64urlNoPadding(crypto.getRandomValues(new Uint8Array(32)));
  return { keys: [{ kty: "oct", kid: kidPrefix + newKid(), k }] };
}

/**
 * Creates the id of a key. It contains no `-`: commands take the id as an argument, and an argument
 * that begins with `-` would be an option.
 */
const newKid = () => encodeBase62(crypto.getRandomValues(new Uint8Array(6)));

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
