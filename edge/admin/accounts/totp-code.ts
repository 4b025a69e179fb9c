import { encodeBase32UpperCaseNoPadding } from "@oslojs/encoding";
import { createTOTPKeyURI, verifyHOTP } from "@oslojs/otp";

/** What authenticator apps take for granted (RFC 6238, 4 and 5.2). */
const STEP_S = 30;
const DIGITS = 6;
const SECRET_BYTES = 20;
/** A clock may be half a minute off, and a person slow. */
const NEARBY = [0, -1, 1];

export const newTotpSecret = () => crypto.getRandomValues(new Uint8Array(SECRET_BYTES));

/** For typing and for a QR code. */
export const showTotpSecret = (secret: Uint8Array, email: string) => ({
  secret: encodeBase32UpperCaseNoPadding(secret),
  uri: createTOTPKeyURI("SuperIMAP", email, secret, STEP_S, DIGITS),
});

/** The half minute that a code belongs to, counted from the epoch; undefined: it belongs to none near `nowMs`. */
export function stepOf(secret: Uint8Array, code: string, nowMs: number): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const now = Math.floor(nowMs / 1_000 / STEP_S);
  const steps = NEARBY.map((distance) => now + distance);
  return steps.find((step) => verifyHOTP(secret, BigInt(step), DIGITS, code));
}
