/** Returns a number and its noun, such as `1 user` or `1,200 users`. */
export const countWords = (count: number, noun: string): string =>
  `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

const MAX_NAMED = 3;

/** Returns the names as one text. More than three are shortened to `a, b, c and 2 more`. */
export function listNames(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  const named = names.slice(0, MAX_NAMED).join(", ");
  return more > 0 ? `${named} and ${more} more` : named;
}
