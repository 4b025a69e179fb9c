import * as v from "valibot";
import { saysOrAbsent, someText } from "../../../shared/network/token-fields.ts";
import { ConnectFailure } from "../failures.ts";

/** Some send it as text or as a number. What is no clear yes is a no. */
const verified = v.pipe(
  v.union([v.boolean(), v.number(), someText]),
  v.transform((said) => ["true", "1"].includes(String(said).trim().toLowerCase())),
);

/**
 * What an ID token or userinfo says of an account (OpenID Connect Core, 5.1). Claims that say nothing are absent, as they
 * must be by section 5.3.2.
 */
export const identity = v.object({
  sub: saysOrAbsent(someText),
  email: saysOrAbsent(someText),
  email_verified: saysOrAbsent(verified),
  preferred_username: saysOrAbsent(someText),
  /** Microsoft's, and not of the standard. */
  upn: saysOrAbsent(someText),
});
export type Identity = v.InferOutput<typeof identity>;

const MAX_EMAIL_LENGTH = 320;
/** U+FFFD stands where an answer was no UTF-8: the address is another one. */
const isEmail = (text: string | undefined): text is string =>
  text !== undefined &&
  text.length <= MAX_EMAIL_LENGTH &&
  /^[^\s@\p{Cc}\uFFFD]+@[^\s@\p{Cc}\uFFFD]+$/u.test(text);

/**
 * The address, if it tells one. Microsoft has no `email_verified`, and for an account without the
 * claim `email` its sign-in name is the address: both are no proof of an address, and need be none,
 * since the mail server compares the token with the mailbox.
 *
 * @throws {ConnectFailure} when it says itself that the address is not verified.
 */
export function emailOf(claims: Identity): string | undefined {
  const { email, email_verified: isVerified, preferred_username: name } = claims;
  if (isVerified === false) {
    throw new ConnectFailure("email_unverified", "The address is not verified");
  }
  return [email, name].find(isEmail);
}
