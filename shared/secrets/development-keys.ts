/** How the ids of the keys begin that a development stack makes, which lie in its folder for all to read. */
export const DEVELOPMENT_KID = "dev-";

export const hasDevelopmentKey = ({ keys }: { keys: readonly { kid: string }[] }) =>
  keys.some(({ kid }) => kid.startsWith(DEVELOPMENT_KID));
