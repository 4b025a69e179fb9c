import { createHash, generateKeyPairSync, sign } from "node:crypto";
import { isoCBOR } from "@simplewebauthn/server/helpers";
import { expect, test } from "vitest";
import { partnerVault } from "../../../shared/secrets/vault.ts";
import { newChallenge } from "./challenge.ts";
import { verifyNewPasskey, verifySignedChallenge } from "./verify-passkey.ts";

const vault = partnerVault({
  keys: [{ kid: "test", kty: "oct", k: Buffer.alloc(32, 7).toString("base64url") }],
});
const OWN = "https://mail.test";
const NOW = 1_000_000;
const SIGN_IN = { kind: "sign-in" } as const;
const NEW_PASSKEY = { kind: "new-passkey", sessionId: "ses_1" } as const;
const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const CREDENTIAL_ID = Buffer.alloc(16, 3);
const id = CREDENTIAL_ID.toString("base64url");

/** The flags of authenticator data (WebAuthn Level 3, 6.1). */
const PRESENT = 0x01;
const VERIFIED = 0x04;
const HAS_CREDENTIAL = 0x40;

type Cbor = Parameters<typeof isoCBOR.encode>[0];

interface Signing {
  origin?: string;
  rpId?: string;
  flags?: number;
  counter?: number;
  type?: string;
}

const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest();

function toClientData(challenge: string, type: string, { origin = OWN }: Signing): Buffer {
  return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
}

function toAuthenticatorData({
  rpId = "mail.test",
  flags = PRESENT | VERIFIED,
  counter = 1,
}: Signing) {
  const numbers = Buffer.alloc(5);
  numbers.writeUInt8(flags, 0);
  numbers.writeUInt32BE(counter, 1);
  return Buffer.concat([sha256(rpId), numbers]);
}

/** The public key as COSE_Key (RFC 9053, 7.1.1). */
function toCoseKey(): Uint8Array {
  const { x = "", y = "" } = publicKey.export({ format: "jwk" });
  const key = new Map<number, number | Uint8Array>([
    [1, 2],
    [3, -7],
    [-1, 1],
    [-2, Buffer.from(x, "base64url")],
    [-3, Buffer.from(y, "base64url")],
  ]);
  return isoCBOR.encode(key);
}

const STORED = {
  id: "psk_1",
  adminId: "adm_1",
  name: "Laptop",
  credentialId: id,
  publicKey: Buffer.from(toCoseKey()).toString("base64url"),
  counter: 0,
  transports: [],
  createdAt: new Date(0),
  lastUsedAt: null,
};

async function verifySignIn(signing: Signing, { counter = 0 } = {}) {
  const challenge = await newChallenge(vault, SIGN_IN, NOW);
  const clientData = toClientData(challenge, signing.type ?? "webauthn.get", signing);
  const data = toAuthenticatorData(signing);
  const signature = sign("sha256", Buffer.concat([data, sha256(clientData)]), privateKey);
  const signed = {
    id,
    rawId: id,
    type: "public-key",
    response: {
      clientDataJSON: clientData.toString("base64url"),
      authenticatorData: data.toString("base64url"),
      signature: signature.toString("base64url"),
    },
  } as const;
  const expected = { vault, publicUrl: OWN, purpose: SIGN_IN, nowMs: NOW };
  return verifySignedChallenge(signed, { ...STORED, counter }, expected);
}

test("a signed challenge is accepted, and its counter returned", async () => {
  const verified = await verifySignIn({ counter: 7 }, { counter: 6 });
  expect(verified).toMatchObject({ kind: "verified", counter: 7 });
});

test("an authenticator that does not count is accepted", async () => {
  expect(await verifySignIn({ counter: 0 })).toMatchObject({ kind: "verified", counter: 0 });
});

test.each<[string, Signing, string]>([
  ["of another origin", { origin: "https://evil.test" }, "origin"],
  ["of another port", { origin: "https://mail.test:8443" }, "origin"],
  ["of another domain", { rpId: "evil.test" }, "RP ID"],
  ["without the person's verification", { flags: PRESENT }, "could not be verified"],
  ["without the person's presence", { flags: VERIFIED }, "not present"],
  ["of another kind", { type: "webauthn.create" }, "response type"],
  ["whose counter stands still", { counter: 5 }, "counter"],
  ["whose counter went back to 0", { counter: 0 }, "counter"],
])("a signature %s is refused", async (_, signing, reason) => {
  const verified = await verifySignIn(signing, { counter: 5 });
  expect(verified).toMatchObject({ kind: "refused" });
  expect(verified.kind === "refused" && verified.reason).toContain(reason);
});

const newCredential = async (attestation: Map<string | number, Cbor>, signing: Signing = {}) => {
  const challenge = await newChallenge(vault, NEW_PASSKEY, NOW);
  const flags = (signing.flags ?? PRESENT | VERIFIED) | HAS_CREDENTIAL;
  const length = Buffer.from([0, CREDENTIAL_ID.length]);
  const aaguid = Buffer.alloc(16);
  const authData = Buffer.concat([
    toAuthenticatorData({ ...signing, flags }),
    ...[aaguid, length, CREDENTIAL_ID, toCoseKey()],
  ]);
  const object = isoCBOR.encode(new Map([...attestation, ["authData", new Uint8Array(authData)]]));
  const credential = {
    id,
    rawId: id,
    type: "public-key" as const,
    response: {
      clientDataJSON: toClientData(challenge, "webauthn.create", signing).toString("base64url"),
      attestationObject: Buffer.from(object).toString("base64url"),
      transports: [],
    },
  };
  return verifyNewPasskey(credential, {
    ...{ vault, publicUrl: OWN, purpose: NEW_PASSKEY, nowMs: NOW },
  });
};

const NONE = new Map<string | number, Cbor>([
  ["fmt", "none"],
  ["attStmt", new Map()],
]);

test("a new passkey is accepted, and its public key returned", async () => {
  expect(await newCredential(NONE)).toMatchObject({
    kind: "verified",
    publicKey: STORED.publicKey,
    counter: 1,
  });
});

test.each(["packed", "fido-u2f", "tpm", "android-key", "apple", "other"])(
  "a new passkey whose attestation (%s) has certificates is refused unread",
  async (fmt) => {
    const attStmt = new Map<string | number, Cbor>([["x5c", [new Uint8Array(10)]]]);
    const verified = await newCredential(
      new Map<string | number, Cbor>([
        ["fmt", fmt],
        ["attStmt", attStmt],
      ]),
    );
    expect(verified).toEqual({ kind: "refused", reason: "The attestation has certificates" });
  },
);

test.each<[string, Signing, string]>([
  ["of another origin", { origin: "https://evil.test" }, "origin"],
  ["of another domain", { rpId: "evil.test" }, "RP ID"],
  ["without the person's verification", { flags: PRESENT }, "could not be verified"],
])("a new passkey %s is refused", async (_, signing, reason) => {
  const verified = await newCredential(NONE, signing);
  expect(verified.kind === "refused" && verified.reason).toContain(reason);
});
