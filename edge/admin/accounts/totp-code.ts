import { encodeBase32UpperCaseNoPadding } from "@oslojs/encoding";
import { createTOTPKeyURI, verifyHOTP } from "@oslojs/otp";

/** The values that authenticator apps expect (RFC 6238, 4 and 5.2). */
const STEP_S = 30;
const DIGITS = 6;
const SECRET_BYTES = 20;
/**
 * The accepted steps of 30 s, relative to the current step. The previous and the next step are
 * accepted too, because clocks differ and typing takes time.
 */
const NEARBY = [0, -1, 1];

export const newTotpSecret = () => crypto.getRandomValues(new Uint8Array(SECRET_BYTES));

/** Returns the secret as text to type, and as a URI for a QR code. */
export const showTotpSecret = (secret: Uint8Array, email: string) => ({
  secret: encodeBase32UpperCaseNoPadding(secret),
  uri: createTOTPKeyURI("SuperIMAP", email, secret, STEP_S, DIGITS),
});

/**
 * Returns the number of the 30-second step in which a code is valid, counted from the Unix epoch.
 * Returns undefined when the code is not valid in any step near `nowMs`.
 */
export function findStep(secret: Uint8Array, code: string, nowMs: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const now = Math.floor(nowMs / 1_000 / STEP_S);
  const steps = NEARBY.map((distance) => now + distance);
  return steps.find((step) => verifyHOTP(secret, BigInt(step), DIGITS, code));
}
