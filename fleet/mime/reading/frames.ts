import { Buffer } from "node:buffer";

const LENGTH_BYTES = 4;

/** Builds a frame for a pipe: its length in four bytes, big-endian, then its parts. */
export function encodeFrame(...parts: readonly Uint8Array[]): Uint8Array[] {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  return [length, ...parts];
}

/**
 * Returns a function that joins the pieces from a pipe into frames, and calls `onFrame` with each
 * frame.
 */
export function createFrameReader(onFrame: (frame: Buffer) => void): (piece: Uint8Array) => void {
  let pieces: Uint8Array[] = [];
  let size = 0;
  let wanted = LENGTH_BYTES;
  let isLength = true;
  return (piece) => {
    pieces.push(piece);
    size += piece.byteLength;
    // Joins the pieces only when the frame is complete. If they were joined after each piece, a
    // large frame would be copied many times.
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
