/**
 * Returns the eight groups of an IPv6 address, in lower case and without leading zeros. Returns
 * undefined if the text is not an IPv6 address.
 */
export function parseAddressGroups(address: string): string[] | undefined {
  if (!/^[\da-f:.]+$/i.test(address) || !URL.canParse(`http://[${address}]`)) return undefined;
  // The URL parser writes the address in the short form of RFC 5952, in which `::` stands for a run
  // of zeros.
  const [head = "", tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const before = splitGroups(head);
  if (tail === undefined) return before;
  const after = splitGroups(tail);
  const zeros = Array<string>(8 - before.length - after.length).fill("0");
  return [...before, ...zeros, ...after];
}

const splitGroups = (text: string) => text.split(":").filter((group) => group !== "");
