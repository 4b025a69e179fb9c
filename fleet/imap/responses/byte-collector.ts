import { Buffer } from "node:buffer";

const FIRST_BYTES = 256;

/**
 * Joins pieces of bytes in one buffer. The buffer has at most twice the size of all pieces
 * together, or 256 bytes if that is more.
 */
export class ByteCollector {
  #bytes: Buffer = Buffer.alloc(0);
  length = 0;

  add(piece: Uint8Array): void {
    const length = this.length + piece.length;
    if (length > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(length, 2 * this.length, FIRST_BYTES));
      this.#bytes.copy(larger, 0, 0, this.length);
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.length);
    this.length = length;
  }

  /** Returns all added bytes as one buffer. Do not use the collector after this call. */
  take(): Buffer {
    return this.#bytes.subarray(0, this.length);
  }
}
