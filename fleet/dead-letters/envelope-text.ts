import type { LetterText } from "../../shared/commands.ts";
import type { Envelope, EnvelopeAddress } from "../../shared/users/events.ts";

/** Describes a mail that was too large to be stored. Only its envelope is known. */
export const describeEnvelope = (envelope: Envelope): LetterText => ({
  subject: envelope.subject,
  from: envelope.from?.map(formatAddress).join(", ") ?? null,
  to: envelope.to?.map(formatAddress).join(", ") ?? null,
  date: envelope.date,
  text: null,
  attachments: [],
});

const formatAddress = ({ name, address }: Pick<EnvelopeAddress, "name" | "address">) =>
  name ? `${name} <${address ?? ""}>` : (address ?? "");
