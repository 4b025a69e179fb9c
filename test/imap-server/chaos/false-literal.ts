const MARKER = /\{(\d+)\}\r\n/;

export function hasLiteral(response: Uint8Array): boolean {
  return MARKER.test(Buffer.from(response).toString("latin1"));
}

/** Returns the response, changed so that its first literal is announced as longer than it is. */
export function withLargerLiteral(response: Uint8Array, shade: number): Uint8Array {
  // One lie in four announces a length that is far above what any client accepts.
  const extra = shade < 0.25 ? 2 ** 31 : 1 + Math.floor(shade * 500);
  return withSize(response, (size) => size + extra);
}

export function withSmallerLiteral(response: Uint8Array, shade: number): Uint8Array {
  return withSize(response, (size) => Math.floor(size * shade));
}

function withSize(response: Uint8Array, toSize: (size: number) => number): Uint8Array {
  const text = Buffer.from(response).toString("latin1");
  const lying = text.replace(MARKER, (_, size) => `{${toSize(Number(size))}}\r\n`);
  return Buffer.from(lying, "latin1");
}
