import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { Attachment } from "postal-mime";

export interface ParsedAttachment {
  /** As its sender wrote it: no path to trust. */
  name: string | null;
  /** Its media type, in lower case. */
  type: string;
  /** Bytes. */
  size: number;
  /** `attachment`, `inline`, or what its sender made up. */
  disposition: string | null;
  /** As `cid:` URLs have it. */
  content_id: string | null;
  /** Hex, of the content. */
  sha256: string;
  content_base64: string | null;
  /** Why there is no content. */
  omitted?: string;
}

/** All contents of a mail together are at most so many times as large as one may be. */
const ALL_TO_ONE = 4;

/** Describes attachments, and takes in the contents of those that are small enough, in their order. */
export function describeAttachments(
  attachments: readonly Attachment[],
  maxBytes: number,
): ParsedAttachment[] {
  let roomBytes = maxBytes * ALL_TO_ONE;
  return attachments.map((attachment) => {
    const content = bytesOf(attachment.content);
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

function bytesOf(content: Attachment["content"]): Buffer {
  if (typeof content === "string") return Buffer.from(content);
  return ArrayBuffer.isView(content)
    ? Buffer.from(content.buffer, content.byteOffset, content.byteLength)
    : Buffer.from(content);
}
