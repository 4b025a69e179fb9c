import { expect, test } from "vitest";
import { partnerVault } from "../../../shared/secrets/vault.ts";
import { CHALLENGE_VALID_MS, isChallengeValid, newChallenge } from "./challenge.ts";

const vault = partnerVault({
  keys: [{ kid: "test", kty: "oct", k: Buffer.alloc(32, 7).toString("base64url") }],
});
const SIGN_IN = { kind: "sign-in" } as const;
const newPasskeyIn = (sessionId: string) => ({ kind: "new-passkey", sessionId }) as const;
const NOW = 1_000_000;

test("a challenge is valid for its purpose, until it expires", async () => {
  const challenge = await newChallenge(vault, newPasskeyIn("ses_1"), NOW);
  expect(challenge).toMatch(/^[\w-]{100,400}$/);
  const check = (purpose: Parameters<typeof isChallengeValid>[1], nowMs: number) =>
    isChallengeValid(vault, purpose, { challenge, nowMs });
  expect(await check(newPasskeyIn("ses_1"), NOW + CHALLENGE_VALID_MS - 1)).toBe(true);
  expect(await check(newPasskeyIn("ses_1"), NOW + CHALLENGE_VALID_MS)).toBe(false);
  expect(await check(newPasskeyIn("ses_2"), NOW)).toBe(false);
  expect(await check(SIGN_IN, NOW)).toBe(false);
});

test("two challenges are never equal", async () => {
  expect(await newChallenge(vault, SIGN_IN, NOW)).not.toBe(await newChallenge(vault, SIGN_IN, NOW));
});

test.each(["", "x", "AAAA", "e30", "####", "A".repeat(300)])(
  "the invented challenge %j is not valid",
  async (challenge) => {
    expect(await isChallengeValid(vault, SIGN_IN, { challenge, nowMs: NOW })).toBe(false);
  },
);
