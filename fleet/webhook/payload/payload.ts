import { Buffer } from "node:buffer";
import type { PartnerSettings } from "../../../db/partners/partner-settings.ts";
import type { Envelope, MailEvent, NewMailEvent } from "../../../shared/users/events.ts";
import { rfc822Text } from "../../../shared/mail/rfc822.ts";
import { toEnvelopeMail } from "./envelope-mail.ts";
import type { ParseMail } from "./parse-once.ts";

/** The raw mail of an event, and the mail's envelope. Both are null if the event is not mail. */
export interface MailContent {
  /** The raw mail; null if it is too large, or if the event is not mail. */
  raw: Uint8Array | null;
  envelope: Envelope | null;
}

/** All content that the body of a webhook needs besides the event. */
export interface PayloadContent extends MailContent {
  /** Only for user_auth_failed: the link where the user connects again. */
  connectUrl?: string;
}

export interface BodyOptions {
  /** The format of new mail. Other events look the same in each format. */
  format: PartnerSettings["payloadFormat"];
  /** Larger attachments are described without their content. */
  maxAttachmentBytes: number;
  /** Used in the format `parsed` only. */
  parseMail: ParseMail;
}

export interface BodySignature {
  /** Seconds since the epoch, new at each attempt. */
  timestampS: number;
  /** The signature over timestamp and sha1. */
  signature: string;
}

/**
 * Prepares the body of a webhook. At each attempt, the body differs only in timestamp and
 * signature. In the format `superimap`, it has exactly the fields of the old SuperIMAP.
 */
export async function prepareBody(
  event: MailEvent,
  content: PayloadContent,
  options: BodyOptions,
): Promise<(signature: BodySignature) => string> {
  const { sha1, imap_provider_code, user_tag } = event;
  const { first, last } = await prepareOwnFields(event, content, options);
  return ({ timestampS, signature }) =>
    joined(
      JSON.stringify({
        timestamp: timestampS,
        sha1,
        imap_provider_code,
        user_tag,
        ...first,
        signature,
      }),
      last ?? "{}",
    );
}

/**
 * The fields of one kind of event. In the body, `first` comes before the field `signature`, and
 * `last` after it.
 */
interface OwnFields {
  first?: object;
  /** A JSON object, as text. */
  last?: string;
}

async function prepareOwnFields(
  event: MailEvent,
  content: PayloadContent,
  options: BodyOptions,
): Promise<OwnFields> {
  switch (event.kind) {
    case "new_mail":
      return { last: await mailFields(event, content, options) };
    case "user_connected":
      return { first: { email: event.email } };
    case "user_disconnected":
      return {};
    case "user_auth_failed":
      return { first: { reason: event.reason, connect_url: content.connectUrl ?? null } };
  }
}

async function mailFields(
  event: NewMailEvent,
  { raw, envelope }: MailContent,
  { format, maxAttachmentBytes, parseMail }: BodyOptions,
): Promise<string> {
  const size = event.oversize ? { oversize: true, size: event.size_bytes } : {};
  switch (format) {
    case "superimap":
      return JSON.stringify({ envelope, rfc822: raw === null ? "" : rfc822Text(raw), ...size });
    case "raw":
      return JSON.stringify({
        format,
        envelope,
        rfc822_base64: Buffer.from(raw ?? []).toString("base64"),
        ...size,
      });
    case "parsed": {
      // Without the raw mail, only the envelope is known.
      const mail =
        raw === null
          ? JSON.stringify(toEnvelopeMail(envelope))
          : await parseMail({ raw, envelope, maxAttachmentBytes }, event);
      return joined(JSON.stringify({ format, envelope }), mail, JSON.stringify(size));
    }
  }
}

/**
 * Joins JSON objects that have no field in common, as texts. So a large object need not be parsed.
 */
function joined(...objects: readonly string[]): string {
  const fields = objects.map((json) => json.slice(1, -1)).filter((inner) => inner !== "");
  return `{${fields.join(",")}}`;
}
