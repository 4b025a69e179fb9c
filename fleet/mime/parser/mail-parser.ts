import PostalMime, {
  type Attachment,
  type Email,
  type Header,
  type PostalMimeOptions,
} from "postal-mime";
import {
  attachmentOf,
  type BodyText,
  bodyTextOf,
  guardPart,
  lineFor,
  type MailPart,
} from "./mail-part.ts";
import { excessOf } from "./mime-bounds.ts";

const LIMITS: PostalMimeOptions = {
  /** People's mails nest four deep. */
  maxNestingDepth: 64,
  /** Ten thousand recipients take half a megabyte. */
  maxHeadersSize: 768 * 1_024,
  /** A mail in a mail is an attachment: its headers in a text would be in the machine's language and time zone. */
  forceRfc822Attachments: true,
};

/** A mail taken apart. Of its headers nothing is decoded. */
export interface MailContent {
  /** In their order, unfolded; keys in lower case. */
  headers: readonly Header[];
  /** The text parts that are no files, in their order. */
  texts: readonly BodyText[];
  /** All of them; undefined where there is nothing in them. */
  text: string | undefined;
  /** The HTML parts, likewise. */
  html: string | undefined;
  /** All other parts. */
  attachments: readonly Attachment[];
}

/**
 * Reads the parts of a mail, whatever it is. 5 MiB of people's mail take less than a tenth of a second,
 * and the worst that could be made up about one.
 *
 * @throws when its parts are too many, too deep or its headers too long.
 */
export async function parseMail(raw: Uint8Array): Promise<MailContent> {
  const excess = excessOf(raw);
  if (excess !== null) throw new Error(excess);
  const parser = new MailParser(LIMITS);
  await parser.parse(raw);
  return parser.contentOf();
}

/**
 * postal-mime 4.0.0, mended (docs/decisions/006-mime-parser.md): its parts in mail-part.ts; its headers are
 * read in parsed-mail.ts and not here. What is declared is inside of it; its types do not show that.
 */
class MailParser extends PostalMime {
  declare root: MailPart & { headers: Header[] };
  declare currentNode: MailPart;
  declare attachments: Attachment[];
  declare processLine: (line: Uint8Array, isFinal: boolean) => Promise<void>;
  readonly #texts: BodyText[] = [];
  readonly #guarded = new WeakSet<MailPart>();

  constructor(options: PostalMimeOptions) {
    super(options);
    const processLine = this.processLine.bind(this);
    this.processLine = (line, isFinal) => {
      this.#guard(this.currentNode);
      return processLine(lineFor(this.currentNode, line), isFinal);
    };
  }

  contentOf(): MailContent {
    const [plain, html] = [this.#textsOf("plain"), this.#textsOf("html")];
    return {
      headers: this.root.headers,
      texts: plain,
      text: joined(plain),
      html: joined(html),
      attachments: this.attachments,
    };
  }

  /** postal-mime would make HTML of text and text of HTML, in hours for 100 kB of `<a href="`. */
  isInlineTextNode(): boolean {
    return false;
  }

  /** Called for each part that holds no others, in their order. */
  collectAttachment(part: MailPart, content: ArrayBuffer): void {
    const text = bodyTextOf(part);
    if (text) this.#texts.push(text);
    else this.attachments.push(attachmentOf(part, content));
  }

  /** The addresses of a header that was made for it would take a second. */
  buildMessage(): Email {
    return { headers: [], headerLines: [], attachments: this.attachments };
  }

  #guard(part: MailPart): void {
    if (this.#guarded.has(part)) return;
    this.#guarded.add(part);
    guardPart(part);
  }

  #textsOf(type: BodyText["type"]): BodyText[] {
    return this.#texts.filter((text) => text.type === type);
  }
}

const joined = (texts: readonly BodyText[]) =>
  texts.map(({ text }) => text).join("\n") || undefined;
