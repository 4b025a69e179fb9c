/**
 * What the reader found. `continue`: the client waits for permission to send a literal. `too-long`:
 * the input exceeds a limit, and the connection must end.
 */
export type ReaderInput =
  | { kind: "command"; bytes: Buffer }
  | { kind: "continue" }
  | { kind: "too-long" };

const MAX_LINE_BYTES = 64 * 1024;
/** The maximum size of a command, well above the largest mail that SMTP accepts. */
const MAX_COMMAND_BYTES = 32 * 1024 * 1024;

/**
 * Splits the byte stream into commands. A command is a line. If the line ends with a literal
 * marker, the command continues with the literal and the next line, up to a line without a marker.
 */
export class CommandReader {
  #finished: Buffer[] = [];
  #line: Buffer[] = [];
  #lineBytes = 0;
  #literalBytesMissing = 0;
  #commandBytes = 0;

  *push(chunk: Buffer): Generator<ReaderInput> {
    let rest = chunk;
    while (rest.length > 0) {
      const inLiteral = this.#literalBytesMissing > 0;
      const size = inLiteral ? this.#literalBytesMissing : rest.indexOf(0x0a) + 1 || rest.length;
      const piece = rest.subarray(0, size);
      rest = rest.subarray(piece.length);
      if (inLiteral) {
        this.#literalBytesMissing -= piece.length;
        this.#finished.push(piece);
        continue;
      }
      const input = this.#takeLinePiece(piece);
      if (input) yield input;
      if (input?.kind === "too-long") return;
    }
  }

  #takeLinePiece(piece: Buffer): ReaderInput | undefined {
    this.#line.push(piece);
    this.#lineBytes += piece.length;
    if (this.#lineBytes > MAX_LINE_BYTES) return { kind: "too-long" };
    if (piece.at(-1) !== 0x0a) return undefined;

    const line = Buffer.concat(this.#line);
    this.#line = [];
    this.#lineBytes = 0;
    this.#finished.push(line);
    const marker = /\{(\d{1,10})(\+?)\}\r?\n$/.exec(line.subarray(-16).toString("latin1"));
    return marker ? this.#startLiteral(Number(marker[1]), marker[2] === "+") : this.#endCommand();
  }

  #startLiteral(sizeBytes: number, isSentAtOnce: boolean): ReaderInput | undefined {
    this.#literalBytesMissing = sizeBytes;
    this.#commandBytes += sizeBytes;
    if (this.#commandBytes > MAX_COMMAND_BYTES) return { kind: "too-long" };
    return isSentAtOnce ? undefined : { kind: "continue" };
  }

  #endCommand(): ReaderInput {
    const bytes = Buffer.concat(this.#finished);
    this.#finished = [];
    this.#commandBytes = 0;
    const lineEnd = bytes.at(-2) === 0x0d ? 2 : 1;
    return { kind: "command", bytes: bytes.subarray(0, bytes.length - lineEnd) };
  }
}
