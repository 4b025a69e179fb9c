import { Buffer } from "node:buffer";
import type { PartnerSettings } from "../../../db/partners/partner-settings.ts";
import type { Envelope, MailEvent, NewMailEvent } from "../../../shared/users/events.ts";
import { rfc822Text } from "../../../shared/mail/rfc822.ts";
import { mailOfEnvelope } from "./envelope-mail.ts";
import type { ParseMail } from "./parse-once.ts";

/** What belongs to an event and does not travel in it. */
export interface MailContent {
  /** The mail, byte for byte; null when it is too large, or when the event is no mail. */
  raw: Uint8Array | null;
  envelope: Envelope | null;
}

/** All that a body is made of beside the event. */
export interface PayloadContent extends MailContent {
  /** Of user_auth_failed only: where its user connects anew. */
  connectUrl?: string;
}

export interface BodyOptions {
  /** Of new mail; all other events look the same in each. */
  format: PartnerSettings["payloadFormat"];
  /** Larger attachments are described without their content. */
  maxAttachmentBytes: number;
  /** Asked in the format `parsed` only. */
  parseMail: ParseMail;
}

export interface BodySignature {
  /** Seconds since the epoch, fresh at each attempt. */
  timestampS: number;
  /** Over timestamp and sha1. */
  signature: string;
}

/**
 * Prepares the body of a webhook: all but what is fresh at each attempt is the same whenever the
 * same event and content are given. In the format `superimap` it has exactly the fields that
 * SuperIMAP's clients know.
 */
export async function prepareBody(
  event: MailEvent,
  content: PayloadContent,
  options: BodyOptions,
): Promise<(signature: BodySignature) => string> {
  const { sha1, imap_provider_code, user_tag } = event;
  const { first, last } = await fieldsOf(event, content, options);
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

/** What an event has beside the common fields, before and after the signature. */
interface OwnFields {
  first?: object;
  /** An object as JSON. */
  last?: string;
}

async function fieldsOf(
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
      // Of a mail whose bytes are not known, its envelope has to do.
      const mail =
        raw === null
          ? JSON.stringify(mailOfEnvelope(envelope))
          : await parseMail({ raw, envelope, maxAttachmentBytes }, event);
      return joined(JSON.stringify({ format, envelope }), mail, JSON.stringify(size));
    }
  }
}

/** One object of several that have no field in common, all as JSON: a large one is not read and written again. */
function joined(...objects: readonly string[]): string {
  const fields = objects.map((json) => json.slice(1, -1)).filter((inner) => inner !== "");
  return `{${fields.join(",")}}`;
}
