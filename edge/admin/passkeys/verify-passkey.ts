import { decodeBase64urlIgnorePadding, encodeBase64urlNoPadding } from "@oslojs/encoding";
import type { Passkey } from "../../../db/admin/admin-passkeys.ts";
import { sha256Hex } from "../../../shared/secrets/sha256.ts";
import type { Opener } from "../../../shared/secrets/vault.ts";
import { type ChallengePurpose, isChallengeValid } from "./challenge.ts";
import type { NewCredential, SignedChallenge } from "./passkey-schemas.ts";

interface Expected {
  vault: Opener;
  publicUrl: string;
  purpose: ChallengePurpose;
  nowMs: number;
}

/** The domain that passkeys belong to (relying party id). */
export const toRpId = (publicUrl: string) => new URL(publicUrl).hostname;

/** The signature algorithms that are accepted: ES256, RS256 and EdDSA, as COSE identifiers. */
export const ALGORITHMS = [-7, -257, -8];

/** The formats of attestations without certificates (WebAuthn Level 3, 8.2 and 8.7). */
const FORMATS: readonly string[] = ["none", "packed"];

/** The reason may repeat what the browser sent. */
const MAX_REASON = 200;

/** Why an answer of an authenticator was refused. For logs; nothing of it is secret. */
interface Refused {
  kind: "refused";
  reason: string;
}

/**
 * Checks what a browser sends after it created a passkey. Every make of authenticator is accepted:
 * no attestation was asked for, and one with certificates is refused, because checking it could
 * fetch addresses that it names.
 */
export async function verifyNewPasskey(
  credential: NewCredential,
  expected: Expected,
): Promise<
  { kind: "verified"; challengeHash: string; publicKey: string; counter: number } | Refused
> {
  const { verifyRegistrationResponse } = await import("@simplewebauthn/server");
  const { decodeAttestationObject } = await import("@simplewebauthn/server/helpers");
  const { id, rawId, type, response } = credential;
  const { clientDataJSON, attestationObject } = response;
  const seen = watchChallenge(expected);
  try {
    const attestation = decodeAttestationObject(
      new Uint8Array(decodeBase64urlIgnorePadding(attestationObject)),
    );
    if (!FORMATS.includes(attestation.get("fmt")) || attestation.get("attStmt").get("x5c")) {
      return { kind: "refused", reason: "The attestation has certificates" };
    }
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: {
        id,
        rawId,
        type,
        response: { clientDataJSON, attestationObject },
        clientExtensionResults: {},
      },
      ...toExpectations(expected, seen),
      supportedAlgorithmIDs: ALGORITHMS,
    });
    if (!verified) return { kind: "refused", reason: "The attestation is wrong" };
    const { publicKey, counter, id: found } = registrationInfo.credential;
    if (found !== id) return { kind: "refused", reason: "The ids of the credential differ" };
    return {
      kind: "verified",
      challengeHash: await seen.hash(),
      publicKey: encodeBase64urlNoPadding(publicKey),
      counter,
    };
  } catch (error) {
    return { kind: "refused", reason: describe(error) };
  }
}

/**
 * Checks a challenge that a passkey signed, with the user's verification (a fingerprint, a PIN). A
 * counter that is not higher than the last one is refused, because it is the sign of a copied
 * passkey (WebAuthn Level 3, 6.1.1).
 */
export async function verifySignedChallenge(
  signed: SignedChallenge,
  passkey: Passkey,
  expected: Expected,
): Promise<{ kind: "verified"; challengeHash: string; counter: number } | Refused> {
  const { verifyAuthenticationResponse } = await import("@simplewebauthn/server");
  const { id, rawId, type, response } = signed;
  const seen = watchChallenge(expected);
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { id, rawId, type, response, clientExtensionResults: {} },
      credential: {
        id: passkey.credentialId,
        publicKey: new Uint8Array(decodeBase64urlIgnorePadding(passkey.publicKey)),
        counter: passkey.counter,
      },
      ...toExpectations(expected, seen),
    });
    if (!verified) return { kind: "refused", reason: "The signature is wrong" };
    const { newCounter: counter } = authenticationInfo;
    return { kind: "verified", challengeHash: await seen.hash(), counter };
  } catch (error) {
    return { kind: "refused", reason: describe(error) };
  }
}

const toExpectations = ({ publicUrl }: Expected, seen: ReturnType<typeof watchChallenge>) => ({
  expectedOrigin: new URL(publicUrl).origin,
  expectedRPID: toRpId(publicUrl),
  requireUserVerification: true,
  expectedChallenge: seen.check,
});

/** Checks the challenge in the answer, and keeps it so that it can be marked as used. */
function watchChallenge({ vault, purpose, nowMs }: Expected) {
  let found = "";
  return {
    check(challenge: string): Promise<boolean> {
      found = challenge;
      return isChallengeValid(vault, purpose, { challenge, nowMs });
    },
    hash: () => sha256Hex(found),
  };
}

const describe = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).slice(0, MAX_REASON);
