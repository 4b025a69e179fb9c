import { formatEnvelope } from "./envelope.ts";
import { headerValue } from "./header.ts";
import { isMessage, type MimePart, parseParameters } from "./mime-part.ts";
import { imapString, imapStringOrNil } from "../sessions/wire.ts";

/**
 * Returns the BODYSTRUCTURE of a part (RFC 3501, section 7.4.2) up to the disposition, without
 * language and location.
 */
export function formatBodyStructure(part: MimePart): string {
  return format(part, true);
}

/** Returns the BODY of a part: its BODYSTRUCTURE without extension data. */
export function formatBody(part: MimePart): string {
  return format(part, false);
}

function format(part: MimePart, extended: boolean): string {
  if (part.type === "multipart" && part.children.length > 0) {
    const children = part.children.map((child) => format(child, extended)).join("");
    const extension = extended
      ? ` ${formatParameters(part.parameters)} ${formatDisposition(part)}`
      : "";
    return `(${children} ${imapString(part.subtype)}${extension})`;
  }
  const field = (name: string) => imapStringOrNil(headerValue(part.fields, name));
  const items = [
    imapString(part.type),
    imapString(part.subtype),
    formatParameters(part.parameters),
    field("content-id"),
    field("content-description"),
    imapString(headerValue(part.fields, "content-transfer-encoding") ?? "7bit"),
    String(part.body.length),
  ];
  const [message] = part.children;
  if (isMessage(part) && message)
    items.push(formatEnvelope(message.fields), format(message, extended));
  if (isMessage(part) || part.type === "text") items.push(String(countLines(part.body)));
  if (extended) items.push("NIL", formatDisposition(part));
  return `(${items.join(" ")})`;
}

function formatParameters(parameters: ReadonlyMap<string, string>): string {
  if (parameters.size === 0) return "NIL";
  const pairs = [...parameters].map(([name, value]) => `${imapString(name)} ${imapString(value)}`);
  return `(${pairs.join(" ")})`;
}

function formatDisposition(part: MimePart): string {
  const field = headerValue(part.fields, "content-disposition");
  if (field === undefined) return "NIL";
  const { value, parameters } = parseParameters(field);
  return `(${imapString(value)} ${formatParameters(parameters)})`;
}

function countLines(body: Buffer): number {
  let lines = 0;
  for (const byte of body) if (byte === 0x0a) lines++;
  return lines;
}
