import type { Envelope, NewMailEvent } from "../../shared/users/events.ts";
import { rfc822Text, sha1Hex } from "../../shared/mail/rfc822.ts";

/** Returns the event of a mail. All its fields are the same in each test run. */
export const mailEvent = (raw: Uint8Array, envelope: Envelope): NewMailEvent => ({
  id: "evt_1",
  kind: "new_mail",
  partner_id: "prt_1",
  user_id: "usr_1",
  user_tag: "tag-1",
  imap_provider_code: "PLAIN",
  created_at_ms: 1,
  sha1: sha1Hex(rfc822Text(raw)),
  mailbox: "INBOX",
  uid_validity: 1,
  uid: 1,
  internal_date_ms: 1,
  size_bytes: raw.byteLength,
  oversize: false,
  body_seq: 1,
  body_key: null,
  envelope,
  envelope_seq: null,
  envelope_key: null,
});
