import * as v from "valibot";
import { saysOrAbsent, someText } from "../../../shared/network/token-fields.ts";
import { ConnectFailure } from "../failures.ts";

/**
 * Whether the address is verified. Some providers send text or a number. Anything but a clear yes
 * counts as no.
 */
const verified = v.pipe(
  v.union([v.boolean(), v.number(), someText]),
  v.transform((said) => ["true", "1"].includes(String(said).trim().toLowerCase())),
);

/**
 * The claims about an account in an ID token or userinfo (OpenID Connect Core, 5.1). Empty claims
 * count as absent, as section 5.3.2 requires.
 */
export const identity = v.object({
  sub: saysOrAbsent(someText),
  email: saysOrAbsent(someText),
  email_verified: saysOrAbsent(verified),
  preferred_username: saysOrAbsent(someText),
  /** The login name at Microsoft. This claim is not in the standard. */
  upn: saysOrAbsent(someText),
});
export type Identity = v.InferOutput<typeof identity>;

const MAX_EMAIL_LENGTH = 320;
/**
 * Whether the text is an address. U+FFFD means that the answer was not valid UTF-8, so the address
 * is not the real one.
 */
const isEmail = (text: string | undefined): text is string =>
  text !== undefined &&
  text.length <= MAX_EMAIL_LENGTH &&
  /^[^\s@\p{Cc}\uFFFD]+@[^\s@\p{Cc}\uFFFD]+$/u.test(text);

/**
 * Returns the address, if there is one. Microsoft sends no `email_verified`; for an account without
 * the claim `email`, the address is its sign-in name. These claims do not prove the address. No
 * proof is needed: the mail server checks that the token belongs to the mailbox.
 *
 * @throws {ConnectFailure} when the claims say that the address is not verified.
 */
export function pickEmail(claims: Identity): string | undefined {
  const { email, email_verified: isVerified, preferred_username: name } = claims;
  if (isVerified === false) {
    throw new ConnectFailure("email_unverified", "The address is not verified");
  }
  return [email, name].find(isEmail);
}
