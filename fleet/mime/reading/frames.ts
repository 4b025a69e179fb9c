import { Buffer } from "node:buffer";

const LENGTH_BYTES = 4;

/** A frame as it travels over a pipe: its length in four bytes, big-endian, and its parts. */
export function frameOf(...parts: readonly Uint8Array[]): Uint8Array[] {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  return [length, ...parts];
}

/** Puts the pieces that a pipe gives together to frames, and calls back with each. */
export function createFrameReader(onFrame: (frame: Buffer) => void): (piece: Uint8Array) => void {
  let pieces: Uint8Array[] = [];
  let size = 0;
  let wanted = LENGTH_BYTES;
  let isLength = true;
  return (piece) => {
    pieces.push(piece);
    size += piece.byteLength;
    // The pieces of a large frame are joined once: when all of it is here.
    while (size >= wanted) {
      const joined = Buffer.concat(pieces);
      const rest = joined.subarray(wanted);
      const whole = joined.subarray(0, wanted);
      pieces = rest.byteLength > 0 ? [rest] : [];
      size = rest.byteLength;
      wanted = isLength ? whole.readUInt32BE() : LENGTH_BYTES;
      isLength = !isLength;
      if (isLength) onFrame(whole);
    }
  };
}
