import { AppError } from "../errors.ts";

/**
 * The maximum size of a response from an OAuth provider. Tokens, key sets and userinfo are much
 * smaller.
 */
export const MAX_PROVIDER_ANSWER_BYTES = 256 * 1_024;

/**
 * Reads a whole body.
 *
 * @throws {AppError} `body-too-large` as soon as more than `maxBytes` have arrived, whatever
 * Content-Length says.
 */
export async function readBytes(
  stream: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of stream ?? []) {
    sizeBytes += chunk.byteLength;
    if (sizeBytes > maxBytes) {
      throw new AppError(
        "body-too-large",
        `Cannot read the body: found more than ${maxBytes} bytes`,
      );
    }
    chunks.push(chunk);
  }
  const bytes = new Uint8Array(sizeBytes);
  let end = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, end);
    end += chunk.byteLength;
  }
  return bytes;
}
