/**
 * The prefix of the ids of keys that a development stack creates. Such keys must not be used in
 * production, because the stack stores them unprotected in its folder.
 */
export const DEVELOPMENT_KID = "dev-";

export const hasDevelopmentKey = ({ keys }: { keys: readonly { kid: string }[] }) =>
  keys.some(({ kid }) => kid.startsWith(DEVELOPMENT_KID));
