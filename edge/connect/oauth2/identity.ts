import * as v from "valibot";
import { ConnectFailure } from "../failures.ts";

/** What an ID token or userinfo says of an account (OpenID Connect Core, 5.1). */
export const identity = v.object({
  sub: v.optional(v.string()),
  email: v.optional(v.string()),
  /** Some send it as text. */
  email_verified: v.optional(v.union([v.boolean(), v.picklist(["true", "false"])])),
  preferred_username: v.optional(v.string()),
});
export type Identity = v.InferOutput<typeof identity>;

const MAX_EMAIL_LENGTH = 320;
const isEmail = (text: string | undefined): text is string =>
  text !== undefined &&
  text.length <= MAX_EMAIL_LENGTH &&
  /^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u.test(text);

/**
 * The address, if it tells one. Microsoft has no `email_verified`, and for an account without the
 * claim `email` its sign-in name is the address: both are no proof of an address, and need be none,
 * since the mail server compares the token with the mailbox.
 *
 * @throws {ConnectFailure} when it says itself that the address is not verified.
 */
export function emailOf(claims: Identity): string | undefined {
  const { email, email_verified: verified, preferred_username: name } = claims;
  if (verified === false || verified === "false") {
    throw new ConnectFailure("email_unverified", "The address is not verified");
  }
  return [email, name].find(isEmail);
}
