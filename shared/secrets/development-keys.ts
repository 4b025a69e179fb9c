/**
 * Prefix of the ids of keys that a development stack creates. These keys are stored unprotected in
 * the stack's folder.
 */
export const DEVELOPMENT_KID = "dev-";

export const hasDevelopmentKey = ({ keys }: { keys: readonly { kid: string }[] }) =>
  keys.some(({ kid }) => kid.startsWith(DEVELOPMENT_KID));
