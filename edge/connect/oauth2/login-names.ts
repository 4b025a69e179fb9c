const MAX_NAME_LENGTH = 320;

/**
 * Whether the name may be sent to a mail server: it is not blank, has no control characters and no
 * invalid UTF-8.
 */
const isName = (text: string | undefined): text is string =>
  text !== undefined &&
  text.length <= MAX_NAME_LENGTH &&
  text.isWellFormed() &&
  /\S/.test(text) &&
  !/[\p{Cc}\uFFFD]/u.test(text);

/**
 * Returns the names to try for a login, in order. If the partner set a name, only this name is
 * tried: it may be that of a shared mailbox, and the person's own mailbox must not be read instead.
 *
 * @param otherNames Other names in the verified ID token (`preferred_username`: OpenID Connect
 * Core, 5.1).
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
