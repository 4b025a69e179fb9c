import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

export type Encoding = "br" | "gzip";

/** Smaller texts would not become smaller. */
const LEAST_BYTES = 1_024;
const TEXT = /^(text\/|image\/svg|application\/([\w.-]+\+)?(json|javascript)\b)/;
/** Answers are compressed for each request, files only once. */
const EFFORT = {
  answer: { brotli: 4, gzip: 6 },
  file: { brotli: 9, gzip: 9 },
};

const compressBrotli = promisify(brotliCompress);
const compressGzip = promisify(gzip);

/** Whether compression is worth its time. */
export const isCompressible = (contentType: string, sizeBytes: number) =>
  sizeBytes >= LEAST_BYTES && TEXT.test(contentType);

/** Chooses the smallest encoding that an Accept-Encoding header allows (RFC 9110, 12.5.3). */
export function chooseEncoding(accepted: string | undefined): Encoding | undefined {
  const weights = new Map(
    (accepted ?? "").split(",").map((part): [string, number] => {
      const [name = "", ...parameters] = part.split(";").map((text) => text.trim().toLowerCase());
      const weight = parameters.find((text) => text.startsWith("q="))?.slice(2);
      return [name, weight === undefined ? 1 : Number(weight)];
    }),
  );
  const isAllowed = (name: Encoding) => (weights.get(name) ?? weights.get("*") ?? 0) > 0;
  return (["br", "gzip"] as const).find(isAllowed);
}

/** Compresses in another thread. */
export async function compress(
  bytes: Uint8Array,
  encoding: Encoding,
  kind: keyof typeof EFFORT,
): Promise<Uint8Array> {
  const effort = EFFORT[kind];
  if (encoding === "gzip") return await compressGzip(bytes, { level: effort.gzip });
  return await compressBrotli(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: effort.brotli,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.byteLength,
    },
  });
}
