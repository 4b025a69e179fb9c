import type { LetterText } from "../../shared/commands.ts";
import type { Envelope, EnvelopeAddress } from "../../shared/users/events.ts";

/** Returns the text of a mail that is too large to be stored: only its envelope. */
export const envelopeTextOf = (envelope: Envelope): LetterText => ({
  subject: envelope.subject,
  from: envelope.from?.map(addressOf).join(", ") ?? null,
  to: envelope.to?.map(addressOf).join(", ") ?? null,
  date: envelope.date,
  text: null,
  attachments: [],
});

const addressOf = ({ name, address }: Pick<EnvelopeAddress, "name" | "address">) =>
  name ? `${name} <${address ?? ""}>` : (address ?? "");
