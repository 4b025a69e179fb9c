import type { Envelope, MailEvent } from "../../shared/events.ts";
import { rfc822Text } from "../../shared/rfc822.ts";

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

export interface BodySignature {
  /** Seconds since the epoch, fresh at each attempt. */
  timestampS: number;
  /** Over timestamp and sha1. */
  signature: string;
}

/** The body of a webhook, with exactly the fields that SuperIMAP's clients know. */
export function payloadOf(
  event: MailEvent,
  content: PayloadContent,
  { timestampS, signature }: BodySignature,
): string {
  const { sha1, imap_provider_code, user_tag } = event;
  const head = { timestamp: timestampS, sha1, imap_provider_code, user_tag };
  switch (event.kind) {
    case "new_mail":
      return JSON.stringify({
        ...head,
        signature,
        envelope: content.envelope,
        rfc822: content.raw === null ? "" : rfc822Text(content.raw),
        ...(event.oversize && { oversize: true, size: event.size_bytes }),
      });
    case "user_connected":
      return JSON.stringify({ ...head, email: event.email, signature });
    case "user_disconnected":
      return JSON.stringify({ ...head, signature });
    case "user_auth_failed": {
      const connect_url = content.connectUrl ?? null;
      return JSON.stringify({ ...head, reason: event.reason, connect_url, signature });
    }
  }
}
