import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { Attachment } from "postal-mime";

export interface ParsedAttachment {
  /** The name as the sender wrote it. Do not use it as a path. */
  name: string | null;
  /** The media type, in lower case. */
  type: string;
  /** The size in bytes. */
  size: number;
  /** `attachment`, `inline`, or any other value that the sender chose. */
  disposition: string | null;
  /** The id that `cid:` URLs in the HTML refer to. */
  content_id: string | null;
  /** The SHA-256 hash of the content, in hex. */
  sha256: string;
  content_base64: string | null;
  /** Why the content is missing. Undefined if it is included. */
  omitted?: string;
}

/**
 * The limit for the contents of all attachments of a mail together is this many times `maxBytes`.
 */
const ALL_TO_ONE = 4;

/**
 * Describes the attachments of a mail, in order. Omits a content that is larger than `maxBytes`.
 * Also omits a content when all contents together would be larger than their limit.
 */
export function describeAttachments(
  attachments: readonly Attachment[],
  maxBytes: number,
): ParsedAttachment[] {
  let roomBytes = maxBytes * ALL_TO_ONE;
  return attachments.map((attachment) => {
    const content = toBuffer(attachment.content);
    const size = content.byteLength;
    const omitted = size > maxBytes ? `it is larger than ${maxBytes} bytes` : null;
    const crowded = `all contents together are larger than ${maxBytes * ALL_TO_ONE} bytes`;
    const reason = omitted ?? (size > roomBytes ? crowded : null);
    if (reason === null) roomBytes -= size;
    return {
      name: attachment.filename,
      type: attachment.mimeType || "application/octet-stream",
      size,
      disposition: attachment.disposition,
      content_id: attachment.contentId?.replace(/^<|>$/g, "") || null,
      sha256: createHash("sha256").update(content).digest("hex"),
      content_base64: reason === null ? content.toString("base64") : null,
      ...(reason !== null && { omitted: reason }),
    };
  });
}

function toBuffer(content: Attachment["content"]): Buffer {
  if (typeof content === "string") return Buffer.from(content);
  return ArrayBuffer.isView(content)
    ? Buffer.from(content.buffer, content.byteOffset, content.byteLength)
    : Buffer.from(content);
}
