import type { Attachment } from "postal-mime";
import { decodeText, findEncoding } from "../text/charset.ts";
import { decodeWords } from "../text/encoded-words.ts";
import { type FlowedText, unflow } from "./flowed-text.ts";
import { mendParameters, parseMediaType, renameCharsets } from "./header-parameters.ts";

interface StructuredHeader {
  /** The value without its parameters, in lower case. */
  value: string;
  params: Record<string, string>;
}

/** The fields of a part in postal-mime 4.0.0 that are used here. They are missing in its types. */
export interface MailPart {
  state: "header" | "body" | "finished";
  contentType: { value: string; parsed: StructuredHeader; multipart: string | false };
  contentTransferEncoding: { encoding: string };
  contentDisposition: { value: string; parsed: StructuredHeader };
  contentId?: string | undefined;
  /** The decoded content. */
  content: ArrayBuffer | null;
  parentNode?: MailPart | undefined;
  parseStructuredHeader(header: string): StructuredHeader;
}

/**
 * Makes a part accept the common errors in Content-Type and Content-Disposition. Call it once per
 * part, before the part reads its first line.
 */
export function guardPart(part: MailPart): void {
  const defaultType = part.contentType.value;
  const parse = part.parseStructuredHeader.bind(part);
  let isContentType = true;
  // Called twice for each part: for its Content-Type, then for its Content-Disposition.
  part.parseStructuredHeader = (header) => {
    const parsed = parseParameters(mendParameters(header), parse);
    if (isContentType) {
      const isMissing = parsed.value === "";
      const hasBoundary = Boolean(parsed.params["boundary"]);
      parsed.value = isMissing ? defaultType : parseMediaType(parsed.value, hasBoundary);
    }
    isContentType = false;
    return parsed;
  };
}

/** A text for people to read, as opposed to a file. */
export interface BodyText extends FlowedText {
  type: "plain" | "html";
}

/**
 * Returns the text of a part, or null if the part is a file. A part with a file name is a file,
 * whatever its disposition (RFC 2183, 2.3). Names in a multipart/alternative have no meaning.
 */
export function toBodyText(part: MailPart): BodyText | null {
  const { contentType, contentDisposition, parentNode } = part;
  const { value, params } = contentType.parsed;
  if (value !== "text/plain" && value !== "text/html") return null;
  if (contentDisposition.parsed.value === "attachment") return null;
  const name = contentDisposition.parsed.params["filename"] ?? params["name"];
  if (name?.trim() && parentNode?.contentType.multipart !== "alternative") return null;
  const text = decodePart(part);
  const { format = "", delsp = "" } = params;
  return value === "text/plain" && /^flowed$/i.test(format.trim())
    ? { type: "plain", ...unflow(text, /^yes$/i.test(delsp.trim())) }
    : { type: value === "text/html" ? "html" : "plain", text, ownLines: new Set() };
}

/** Returns a part as an attachment. In a calendar, each line then ends in LF, the last one too. */
export function toAttachment(part: MailPart, content: ArrayBuffer): Attachment {
  const { contentType, contentDisposition, contentId } = part;
  const name = contentDisposition.parsed.params["filename"] || contentType.parsed.params["name"];
  const mimeType = contentType.parsed.value;
  const isCalendar = mimeType === "text/calendar" || mimeType === "application/ics";
  return {
    filename: name ? decodeWords(name) : null,
    mimeType,
    disposition: contentDisposition.parsed.value || null,
    ...(contentId !== undefined && { contentId }),
    content: isCalendar ? new TextEncoder().encode(tidyCalendar(decodePart(part))) : content,
  };
}

function tidyCalendar(text: string): string {
  const lines = text.split(/\r?\n/);
  while (lines.at(-1) === "") lines.pop();
  return `${lines.join("\n")}\n`;
}

const decodePart = ({ content, contentType }: MailPart) =>
  content ? decodeText(content, contentType.parsed.params["charset"]) : "";

/**
 * Prepares a line for postal-mime. White space at the end of a quoted-printable line was added in
 * transit, so it is removed (RFC 2045, 6.7 (3)).
 */
export function lineFor(
  { state, contentTransferEncoding }: MailPart,
  line: Uint8Array,
): Uint8Array {
  if (state !== "body" || contentTransferEncoding.encoding !== "quoted-printable") return line;
  let end = line.length;
  while (end > 0 && (line[end - 1] === 0x20 || line[end - 1] === 0x09)) end--;
  return end === line.length ? line : line.subarray(0, end);
}

/**
 * Parses a header. postal-mime would read values in a charset that it does not know as
 * Windows-1252. So the names of such charsets are replaced first.
 */
function parseParameters(
  header: string,
  parse: (header: string) => StructuredHeader,
): StructuredHeader {
  if (!header.includes("'")) return parse(header);
  const parseAs = (unknown: string) =>
    parse(renameCharsets(header, (charset) => findEncoding(charset) ?? unknown));
  const parsed = parseAs("utf-8");
  const isLossless = Object.values(parsed.params).every((value) => !value.includes("\uFFFD"));
  return isLossless ? parsed : parseAs("windows-1252");
}
