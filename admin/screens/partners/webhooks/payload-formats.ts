import type { Options } from "../../../parts/lists/chosen-of.ts";
import type { Partner } from "../partner-answer.ts";

/** The formats of webhooks for new mail. */
export const PAYLOAD_FORMATS: Options<Partner["payload_format"]> = [
  ["superimap", "superimap: the whole mail as text, as SuperIMAP sent it"],
  ["raw", "raw: the whole mail, byte for byte"],
  ["parsed", "parsed: subject, addresses, texts and attachments"],
];
