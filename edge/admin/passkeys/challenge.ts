import { decodeBase64urlIgnorePadding, encodeBase64urlNoPadding } from "@oslojs/encoding";
import * as v from "valibot";
import { type Opener, type Sealer, VaultError } from "../../../shared/secrets/vault.ts";

/** What a challenge is for: a sign-in, or a new passkey in this session. */
export type ChallengePurpose = { kind: "sign-in" } | { kind: "new-passkey"; sessionId: string };

/** How long a person may take to confirm at the authenticator. */
export const CHALLENGE_VALID_MS = 5 * 60_000;

const content = v.pipe(v.string(), v.parseJson(), v.object({ expiresAtMs: v.number() }));

/** A challenge is valid only for its purpose: it is sealed for this row. */
const nameRow = (purpose: ChallengePurpose) =>
  `admin_challenges/${purpose.kind === "sign-in" ? "sign-in" : purpose.sessionId}/challenge` as const;

/**
 * Creates a challenge (WebAuthn Level 3, 13.4.3) as base64url. It contains its own expiry, sealed,
 * so that requests without a session write nothing into the database. Two challenges are never
 * equal, because sealing uses a random initialization vector.
 */
export async function newChallenge(
  vault: Sealer,
  purpose: ChallengePurpose,
  nowMs: number,
): Promise<string> {
  const text = JSON.stringify({ expiresAtMs: nowMs + CHALLENGE_VALID_MS });
  const sealed = await vault.seal(nameRow(purpose), text);
  return encodeBase64urlNoPadding(new TextEncoder().encode(sealed));
}

/** Whether a challenge was created for this purpose and has not expired. */
export async function isChallengeValid(
  vault: Opener,
  purpose: ChallengePurpose,
  { challenge, nowMs }: { challenge: string; nowMs: number },
): Promise<boolean> {
  const sealed = decodeText(challenge);
  if (sealed === undefined) return false;
  try {
    const parsed = v.safeParse(content, await vault.open(nameRow(purpose), sealed));
    return parsed.success && parsed.output.expiresAtMs > nowMs;
  } catch (error) {
    if (error instanceof VaultError) return false;
    throw error;
  }
}

function decodeText(base64url: string): string | undefined {
  try {
    return new TextDecoder().decode(decodeBase64urlIgnorePadding(base64url));
  } catch {
    return undefined;
  }
}
