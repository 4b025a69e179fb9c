import { type HeaderField, headerValue, parseHeader, splitMessage } from "./header.ts";

/** A message or one part of it. */
export interface MimePart {
  type: string;
  subtype: string;
  /** The parameters of Content-Type, with their names in lower case. */
  parameters: Map<string, string>;
  fields: HeaderField[];
  header: Buffer;
  body: Buffer;
  /** The parts of a multipart, or the message inside a message/rfc822; otherwise empty. */
  children: MimePart[];
}

const MAX_DEPTH = 50;

export function parseMimePart(raw: Uint8Array, depth = 0): MimePart {
  const { header, body } = splitMessage(raw);
  const fields = parseHeader(header);
  const { value, parameters } = parseParameters(
    headerValue(fields, "content-type") ?? "text/plain",
  );
  const [, type = "text", subtype = "plain"] = /^([\w.+-]+)\/([\w.+-]+)$/.exec(value) ?? [];
  const part: MimePart = {
    type: type.toLowerCase(),
    subtype,
    parameters,
    fields,
    header,
    body,
    children: [],
  };
  if (depth < MAX_DEPTH)
    part.children = childBodies(part).map((child) => parseMimePart(child, depth + 1));
  return part;
}

/** Parses `value; name=token; name="quoted"`, as in Content-Type and Content-Disposition. */
export function parseParameters(field: string): { value: string; parameters: Map<string, string> } {
  const [value = ""] = field.split(";", 1);
  const parameters = new Map<string, string>();
  for (const match of field.matchAll(/;\s*([^\s=;]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]*))/g)) {
    const [, name = "", quoted, token = ""] = match;
    parameters.set(name.toLowerCase(), quoted?.replace(/\\(.)/g, "$1") ?? token);
  }
  return { value: value.trim(), parameters };
}

/**
 * Finds a part by its numbers, as in `BODY[2.1]`. In a message without parts, part 1 is the whole
 * body.
 */
export function findPart(root: MimePart, numbers: readonly number[]): MimePart | undefined {
  let part: MimePart | undefined = root;
  for (const number of numbers) {
    const multipart: MimePart | undefined = isMessage(part) ? part?.children[0] : part;
    if (multipart?.type === "multipart") part = multipart.children[number - 1];
    else part = number === 1 ? multipart : undefined;
  }
  return part;
}

export function isMessage(part: MimePart | undefined): boolean {
  return part?.type === "message" && part.subtype.toLowerCase() === "rfc822";
}

function childBodies(part: MimePart): Buffer[] {
  if (isMessage(part)) return [part.body];
  const boundary = part.parameters.get("boundary");
  return part.type === "multipart" && boundary ? splitMultipart(part.body, boundary) : [];
}

/**
 * Splits a multipart. The line end before a delimiter belongs to the delimiter (RFC 2046, section
 * 5.1.1).
 */
function splitMultipart(body: Buffer, boundary: string): Buffer[] {
  const text = body.toString("latin1");
  const escaped = boundary.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
  const delimiters = [
    ...text.matchAll(new RegExp(`(?:^|\\r?\\n)--${escaped}(--)?[ \\t]*(?=\\r?\\n|$)`, "g")),
  ];
  return delimiters.flatMap((delimiter, index) => {
    if (delimiter[1]) return [];
    const start = delimiter.index + delimiter[0].length;
    const lineEnd = text.startsWith("\r\n", start) ? 2 : 1;
    const end = delimiters[index + 1]?.index ?? body.length;
    return [body.subarray(start + lineEnd, Math.max(end, start + lineEnd))];
  });
}
