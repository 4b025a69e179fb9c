import * as v from "valibot";
import { saysOrAbsent, someText } from "../../../shared/network/token-fields.ts";
import { ConnectFailure } from "../failures.ts";

/**
 * Whether the address is verified. Some providers send a text or a number instead of a boolean.
 * Only `true` and 1 count as verified.
 */
const verified = v.pipe(
  v.union([v.boolean(), v.number(), someText]),
  v.transform((said) => ["true", "1"].includes(String(said).trim().toLowerCase())),
);

/**
 * The claims about an account, from an ID token or from userinfo (OpenID Connect Core, 5.1). An
 * empty claim counts as absent, as section 5.3.2 requires.
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
 * Whether the text looks like an email address. U+FFFD means that the answer was not valid UTF-8,
 * so the address would be wrong.
 */
const isEmail = (text: string | undefined): text is string =>
  text !== undefined &&
  text.length <= MAX_EMAIL_LENGTH &&
  /^[^\s@\p{Cc}\uFFFD]+@[^\s@\p{Cc}\uFFFD]+$/u.test(text);

/**
 * Returns the account's address; undefined when the claims contain none.
 *
 * If there is no claim `email`, as for some accounts at Microsoft, `preferred_username` is used.
 * Microsoft also sends no `email_verified`. The claims then do not prove that the address is the
 * person's. No proof is needed here: the mail server checks that the token belongs to the mailbox.
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
