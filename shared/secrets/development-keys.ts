/**
 * The prefix of the key ids of a development stack. Production refuses these keys, because the
 * stack stores them unprotected.
 */
export const DEVELOPMENT_KID = "dev-";

export const hasDevelopmentKey = ({ keys }: { keys: readonly { kid: string }[] }) =>
  keys.some(({ kid }) => kid.startsWith(DEVELOPMENT_KID));
