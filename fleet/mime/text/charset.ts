import { Buffer, isUtf8 } from "node:buffer";

/** The maximum length of a charset name. Longer names are cut. All known names are much shorter. */
const MAX_NAME_LENGTH = 64;

/**
 * The charset names of each encoding of the Encoding Standard, in letters and digits only.
 * Ambiguous names are missing, and so are names that byLetters() matches. `us-ascii` is missing
 * too: text with a byte above 127 is not ASCII, so its encoding is guessed.
 */
const ENCODINGS: Readonly<Record<string, readonly string[]>> = {
  "utf-16le": ["utf16", "utf16le", "unicode", "unicodefeff", "ucs2", "iso10646ucs2"],
  "utf-16be": ["utf16be", "unicodefffe"],
  "iso-8859-2": ["isoir101"],
  "iso-8859-3": ["isoir109"],
  "iso-8859-4": ["isoir110"],
  "iso-8859-5": ["isoir144", "cyrillic", "isolatincyrillic"],
  "iso-8859-6": ["isoir127", "arabic", "isolatinarabic", "asmo708", "ecma114"],
  "iso-8859-7": ["isoir126", "greek", "greek8", "isolatingreek", "elot928", "ecma118", "sunegreek"],
  "iso-8859-8": ["isoir138", "hebrew", "isolatinhebrew", "visual", "logical"],
  "windows-1252": ["isoir100"],
  "windows-1254": ["isoir148"],
  "windows-874": ["tis620", "dos874"],
  "koi8-r": ["koi", "koi8", "koi8r"],
  "koi8-u": ["koi8u", "koi8ru"],
  macintosh: ["mac", "macintosh", "macroman"],
  "x-mac-cyrillic": ["maccyrillic", "macukrainian"],
  gbk: ["gbk", "gb2312", "gb231280", "iso58gb231280", "chinese", "euccn", "isoir58"],
  gb18030: ["gb18030", "gb180302000", "gb180302005"],
  big5: ["big5", "big5hkscs", "big5eten", "cnbig5", "big5tw"],
  "euc-jp": ["eucjp", "eucjpms", "ujis", "eucpkdfmtjapanese"],
  "iso-2022-jp": ["iso2022jp", "iso2022jp1", "iso2022jp2", "iso2022jpms", "jis", "junet"],
  shift_jis: ["shiftjis", "sjis", "windows31j", "kanji", "mskanji"],
  "euc-kr": ["euckr", "ksc5601", "ksc56011987", "ksc56011989", "korean", "uhc", "isoir149"],
};

/** Encodings by Microsoft's and IBM's numbers: `cp1252`, `windows-1252`, `ms936`, `1252`. */
const CODE_PAGES: Readonly<Record<string, string>> = {
  819: "windows-1252",
  866: "ibm866",
  874: "windows-874",
  932: "shift_jis",
  936: "gbk",
  949: "euc-kr",
  950: "big5",
  1200: "utf-16le",
  1201: "utf-16be",
  10000: "macintosh",
  20866: "koi8-r",
  21866: "koi8-u",
  50220: "iso-2022-jp",
  50221: "iso-2022-jp",
  50222: "iso-2022-jp",
  51932: "euc-jp",
  51949: "euc-kr",
  54936: "gb18030",
  65001: "utf-8",
};

/** The characters of Windows-1252 from 0x80 to 0x9F, where Latin-1 has control characters. */
const WINDOWS_1252 =
  "\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F" +
  "\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178";

/** The parts of ISO 8859 that are named `Latin-1`, `Latin-2` and so on, in this order. */
const LATIN_PARTS = [1, 2, 3, 4, 9, 10, 13, 14, 15, 16];

const BY_NAME: ReadonlyMap<string, string> = new Map(
  Object.entries(ENCODINGS).flatMap(([encoding, names]) => names.map((name) => [name, encoding])),
);

/**
 * Decodes text by the charset name in a mail (RFC 2045, 5.1; RFC 2047, 2).
 *
 * - Without a known name, valid UTF-8 is read as UTF-8. All else is read as Windows-1252, which
 *   loses no byte.
 * - Quotes, commas and similar characters around a name are ignored.
 * - A `3D` before a name is ignored: encoding a mail twice turns `charset=` into `charset=3D`.
 */
export function decodeText(bytes: Uint8Array | ArrayBuffer, charset = ""): string {
  const named = findEncoding(charset) ?? guess(bytes);
  const encoding = named === "utf-16le" && isBigEndian(bytes) ? "utf-16be" : named;
  if (encoding === "windows-1252") return decodeWindows1252(bytes);
  return ensureDecoder(encoding).decode(bytes);
}

/**
 * Returns whether the text begins with the byte order mark of UTF-16BE. The mark overrides the
 * charset name (RFC 2781, 4.3).
 */
function isBigEndian(bytes: Uint8Array | ArrayBuffer): boolean {
  const [first, second] = new Uint8Array(bytes.slice(0, 2));
  return first === 0xfe && second === 0xff;
}

const guess = (bytes: Uint8Array | ArrayBuffer) => (isUtf8(bytes) ? "utf-8" : "windows-1252");

/** Decodes Windows-1252. In Node 20 to 22, TextDecoder would read the bytes as Latin-1. */
const decodeWindows1252 = (bytes: Uint8Array | ArrayBuffer): string =>
  (ArrayBuffer.isView(bytes)
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : Buffer.from(bytes)
  )
    .toString("latin1")
    .replaceAll(/[\u0080-\u009F]/g, (control) => WINDOWS_1252.charAt(control.charCodeAt(0) - 0x80));

/**
 * Returns the name in the Encoding Standard for a charset name, or null if the charset is unknown.
 */
export function findEncoding(charset: string): string | null {
  const letters = charset
    .slice(0, MAX_NAME_LENGTH)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "");
  return byLetters(letters) ?? byLetters(letters.replace(/^(?:3d)?(?:charset)?(?:xms|x|cs)?/, ""));
}

function byLetters(letters: string): string | null {
  if (/^(?:unicode[12][01])?utf8/.test(letters)) return "utf-8";
  const part = /^(?:iso)?8859(1[0-6]|[1-9])(?:19\d\d)?[ie]?$/.exec(letters)?.[1];
  if (part !== undefined) return isoPart(Number(part));
  const latin = /^(?:iso)?(?:latin|l)(10|[1-9])$/.exec(letters)?.[1];
  if (latin !== undefined) return isoPart(LATIN_PARTS[Number(latin) - 1] ?? 0);
  const page = /^(?:windows|win|cp|ms|ansi|ibm|codepage)?(\d{3,5})$/.exec(letters)?.[1] ?? "";
  if (/^125[0-8]$/.test(page)) return `windows-${page}`;
  const isoPage = /^28(?:59[1-9]|60[0-6])$/.test(page) ? isoPart(Number(page) - 28_590) : null;
  return isoPage ?? CODE_PAGES[page] ?? BY_NAME.get(letters) ?? null;
}

/**
 * Returns the Encoding Standard's name for a part of ISO 8859. Null if the part does not exist,
 * such as part 12. The Encoding Standard reads three parts as larger encodings of Windows.
 */
function isoPart(part: number): string | null {
  if (part === 1) return "windows-1252";
  if (part === 9) return "windows-1254";
  if (part === 11) return "windows-874";
  return part < 1 || part === 12 || part > 16 ? null : `iso-8859-${part}`;
}

const decoders = new Map<string, InstanceType<typeof TextDecoder>>();

/**
 * Returns the decoder of an encoding. If the runtime lacks the encoding, returns a decoder of
 * UTF-8, which loses bytes above ASCII.
 */
function ensureDecoder(encoding: string): InstanceType<typeof TextDecoder> {
  const decoder = decoders.get(encoding) ?? makeDecoder(encoding);
  decoders.set(encoding, decoder);
  return decoder;
}

function makeDecoder(encoding: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(encoding);
  } catch {
    return new TextDecoder();
  }
}
