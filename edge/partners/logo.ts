import { decodeBase64, encodeBase64urlNoPadding } from "@oslojs/encoding";
import * as v from "valibot";
import { digest } from "../../shared/digest.ts";

/** An image that the connect pages show beside the partner's name. */
export interface Logo {
  type: LogoType;
  base64: string;
  /** Names the image in its URL. */
  digest: string;
}

const LOGO_TYPES = ["image/png", "image/jpeg", "image/webp"] as const;
type LogoType = (typeof LOGO_TYPES)[number];

/** In base64 this fits into the body of a request. */
export const MAX_LOGO_BYTES = 40 * 1_024;
/** In pixels. A small file could otherwise contain an image that fills the browser's memory. */
const MAX_SIDE = 1_024;

const TYPE_FAULT = "must be a PNG, JPEG or WebP image in base64";

/** The schema of a logo: the bytes of an image in base64. Returns the logo. */
export const logo = v.pipe(
  v.string("must be a string"),
  v.maxLength(Math.ceil(MAX_LOGO_BYTES / 3) * 4, "must be an image of at most 40 KiB"),
  v.rawTransform<string, Logo>(({ dataset, addIssue, NEVER }) => {
    const read = readLogo(dataset.value);
    if (typeof read !== "string") return read;
    addIssue({ message: read });
    return NEVER;
  }),
);

/** Returns the logo, or what is wrong with it. */
function readLogo(base64: string): Logo | string {
  const bytes = tryDecode(base64);
  const image = bytes && readImage(bytes);
  if (!bytes || !image) return TYPE_FAULT;
  const { type, width, height } = image;
  if (Math.min(width, height) < 1 || Math.max(width, height) > MAX_SIDE) {
    return `must be an image of at most ${MAX_SIDE} by ${MAX_SIDE} pixels`;
  }
  const name = encodeBase64urlNoPadding(digest("sha256", bytes).slice(0, 16));
  return { type, base64, digest: name };
}

function tryDecode(base64: string): Uint8Array | undefined {
  try {
    return decodeBase64(base64);
  } catch {
    return undefined;
  }
}

interface Image {
  type: LogoType;
  width: number;
  height: number;
}

/** Reads the type and the size of an image from its header. Undefined for any other file. */
function readImage(bytes: Uint8Array): Image | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return readPng(view) ?? readWebp(view) ?? readJpeg(view);
  } catch (error) {
    // A DataView throws when the file ends before its header does.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** PNG (RFC 2083, 3.1 and 4.1.1): a signature, then the chunk IHDR. */
function readPng(view: DataView): Image | undefined {
  if (view.getBigUint64(0) !== 0x89504e470d0a1a0an || readText(view, 12) !== "IHDR")
    return undefined;
  return { type: "image/png", width: view.getUint32(16), height: view.getUint32(20) };
}

/** WebP (RFC 9649, 2.3 to 2.7): a RIFF file whose first chunk is VP8, VP8L or VP8X. */
function readWebp(view: DataView): Image | undefined {
  if (readText(view, 0) !== "RIFF" || readText(view, 8) !== "WEBP") return undefined;
  const type = "image/webp";
  switch (readText(view, 12)) {
    case "VP8 ":
      return {
        type,
        width: view.getUint16(26, true) & 0x3fff,
        height: view.getUint16(28, true) & 0x3fff,
      };
    case "VP8L": {
      const bits = view.getUint32(21, true);
      return { type, width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
    }
    case "VP8X":
      return {
        type,
        width: (view.getUint32(24, true) & 0xffffff) + 1,
        height: (view.getUint32(27, true) & 0xffffff) + 1,
      };
    default:
      return undefined;
  }
}

const SOI = 0xffd8;

/** JPEG (ITU-T T.81, B.1): segments, one of which is a frame header (SOF) with the size. */
function readJpeg(view: DataView): Image | undefined {
  if (view.getUint16(0) !== SOI) return undefined;
  for (let at = 2; ;) {
    const marker = view.getUint16(at);
    if (marker < 0xffc0 || marker === 0xffda) return undefined;
    if (isFrame(marker)) {
      const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
      return { type: "image/jpeg", width, height };
    }
    at += 2 + view.getUint16(at + 2);
  }
}

/** SOF0 to SOF15, except DHT, JPG and DAC, which have numbers between them (T.81, table B.1). */
const isFrame = (marker: number) => marker <= 0xffcf && ![0xffc4, 0xffc8, 0xffcc].includes(marker);

const readText = (view: DataView, at: number) =>
  String.fromCharCode(...[0, 1, 2, 3].map((offset) => view.getUint8(at + offset)));
