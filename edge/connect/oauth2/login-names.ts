const MAX_NAME_LENGTH = 320;

/** What a mail server may be asked with: no blank text, no control character, nothing that was no UTF-8. */
const isName = (text: string | undefined): text is string =>
  text !== undefined &&
  text.length <= MAX_NAME_LENGTH &&
  text.isWellFormed() &&
  /\S/.test(text) &&
  !/[\p{Cc}\uFFFD]/u.test(text);

/**
 * The names under which a login is tried, in this order. One that the partner set is the only one: it may be a shared mailbox,
 * and nobody asked for the person's own.
 *
 * @param told Further names of the verified ID token (`preferred_username`: OpenID Connect Core, 5.1).
 */
export function loginNames(
  set: string | null,
  email: string,
  told: readonly (string | undefined)[],
): string[] {
  if (set !== null) return [set];
  const names = [email, ...told.filter(isName)];
  const lower = names.map((name) => name.toLowerCase());
  return names.filter((_, index) => lower.indexOf(lower[index] ?? "") === index);
}
