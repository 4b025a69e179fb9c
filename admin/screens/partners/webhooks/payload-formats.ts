import type { Options } from "../../../parts/lists/choose-option.ts";
import type { ShownPartner } from "../partner-answer.ts";

/** The payload formats of webhooks for new mail, each with a description. */
export const PAYLOAD_FORMAT_OPTIONS: Options<ShownPartner["payload_format"]> = [
  ["superimap", "superimap: the whole mail as text, as SuperIMAP sent it"],
  ["raw", "raw: the whole mail, byte for byte"],
  ["parsed", "parsed: subject, addresses, texts and attachments"],
];
