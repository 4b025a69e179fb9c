/**
 * Returns the eight groups of an IPv6 address, each as RFC 5952 writes it; undefined when the text
 * is no IPv6 address.
 */
export function groupsOf(address: string): string[] | undefined {
  if (!/^[\da-f:.]+$/i.test(address) || !URL.canParse(`http://[${address}]`)) return undefined;
  // The URL parser gives the short form of RFC 5952.
  const [head = "", tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const before = partsOf(head);
  if (tail === undefined) return before;
  const after = partsOf(tail);
  const zeros = Array<string>(8 - before.length - after.length).fill("0");
  return [...before, ...zeros, ...after];
}

const partsOf = (text: string) => text.split(":").filter((group) => group !== "");
