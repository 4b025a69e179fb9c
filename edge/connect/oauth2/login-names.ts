const MAX_NAME_LENGTH = 320;

/**
 * Whether the name may be sent to a mail server. It must not be blank or too long, and must not
 * contain control characters or invalid Unicode.
 */
const isName = (text: string | undefined): text is string =>
  text !== undefined &&
  text.length <= MAX_NAME_LENGTH &&
  text.isWellFormed() &&
  /\S/.test(text) &&
  !/[\p{Cc}\uFFFD]/u.test(text);

/**
 * Returns the login names, in the order in which they are tried. If the partner set a name, only
 * that name is tried: it may be the name of a shared mailbox, and then the person's own mailbox
 * must not be read.
 *
 * @param otherNames Other names of the account in the verified ID token, such as
 * `preferred_username` (OpenID Connect Core, 5.1).
 */
export function loginNames(
  set: string | null,
  email: string,
  otherNames: readonly (string | undefined)[],
): string[] {
  if (set !== null) return [set];
  const names = [email, ...otherNames.filter(isName)];
  const lower = names.map((name) => name.toLowerCase());
  return names.filter((_, index) => lower.indexOf(lower[index] ?? "") === index);
}
