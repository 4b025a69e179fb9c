import PostalMime, { type Address } from "postal-mime";
import type { LetterText } from "../../shared/commands.ts";
import type { Envelope, EnvelopeAddress } from "../../shared/events.ts";

const MAX_CHARACTERS = 100_000;

/** What a person reads of a mail. Rejects when it cannot be taken apart. */
export async function letterTextOf(raw: Uint8Array): Promise<LetterText> {
  const mail = await PostalMime.parse(raw, { attachmentEncoding: "arraybuffer" });
  return {
    subject: mail.subject ?? null,
    from: mail.from ? nameOf(mail.from) : null,
    to: mail.to?.map(nameOf).join(", ") ?? null,
    date: mail.date ?? null,
    text: mail.text?.slice(0, MAX_CHARACTERS) ?? null,
    attachments: mail.attachments.map(({ filename, mimeType, content }) => ({
      name: filename,
      type: mimeType,
      size_bytes: typeof content === "string" ? content.length : content.byteLength,
    })),
  };
}

/** Of a mail that is too large to be kept, the envelope alone. */
export const envelopeTextOf = (envelope: Envelope): LetterText => ({
  subject: envelope.subject,
  from: envelope.from?.map(addressOf).join(", ") ?? null,
  to: envelope.to?.map(addressOf).join(", ") ?? null,
  date: envelope.date,
  text: null,
  attachments: [],
});

function nameOf({ name, address, group }: Address): string {
  if (group) return `${name}: ${group.map(nameOf).join(", ")};`;
  return addressOf({ name, address });
}

const addressOf = ({ name, address }: Pick<EnvelopeAddress, "name" | "address">) =>
  name ? `${name} <${address ?? ""}>` : (address ?? "");
