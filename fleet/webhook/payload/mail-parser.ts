import PostalMime, { type Email, type PostalMimeOptions } from "postal-mime";
import { excessOf } from "./mime-bounds.ts";

const LIMITS: PostalMimeOptions = {
  /** People's mails nest four deep. */
  maxNestingDepth: 64,
  /** Ten thousand recipients take half a megabyte; groups in groups cost a second for each of it. */
  maxHeadersSize: 768 * 1_024,
  /** A mail in a mail is an attachment: its headers in a text would be in the machine's language and time zone. */
  forceRfc822Attachments: true,
};

/**
 * Reads the parts of a mail, whatever it is. 5 MiB of people's mail take less than a tenth of a second,
 * and the worst that could be made up about one.
 *
 * @throws when its parts are too many, too deep or its headers too long.
 */
export async function parseMail(raw: Uint8Array): Promise<Email> {
  const excess = excessOf(raw);
  if (excess !== null) throw new Error(excess);
  return new MailParser(LIMITS).parse(raw);
}

interface TextEntry {
  type: "text" | "subMessage";
  value: unknown;
}
type TextType = "plain" | "html";

/**
 * Where a mail has text parts beside HTML parts, postal-mime 4.0.0 makes the one of the other, with
 * patterns that take hours for some hundred kilobytes of `<a href="`. Here each is made of its own.
 */
class MailParser extends PostalMime {
  declare textMap: Map<unknown, Partial<Record<TextType, TextEntry[]>>>;
  declare textContent: Partial<Record<TextType, string>>;

  renderTextContent(): void {
    for (const type of ["plain", "html"] as const) {
      const parts = [...this.textMap.values()].flatMap((entry) => entry[type] ?? []);
      const texts = parts.map(({ value }) => value).filter((value) => typeof value === "string");
      if (texts.length > 0) this.textContent[type] = texts.join("\n");
    }
  }
}
