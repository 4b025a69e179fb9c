import PostalMime, {
  type Attachment,
  type Email,
  type Header,
  type PostalMimeOptions,
} from "postal-mime";
import {
  type BodyText,
  guardPart,
  lineFor,
  type MailPart,
  toAttachment,
  toBodyText,
} from "./mail-part.ts";
import { findExcess } from "./mime-bounds.ts";

const LIMITS: PostalMimeOptions = {
  /** In mails written by people, parts are nested at most four deep. */
  maxNestingDepth: 64,
  /** The addresses of ten thousand recipients take half a megabyte. */
  maxHeadersSize: 768 * 1_024,
  /**
   * A mail inside a mail becomes an attachment. Otherwise postal-mime would add it to the text,
   * with its headers in the machine's language and time zone.
   */
  forceRfc822Attachments: true,
};

/** The parts of a mail. Its headers are not decoded. */
export interface ParsedContent {
  /** The headers in the order of the mail, unfolded, with keys in lower case. */
  headers: readonly Header[];
  /** The plain-text parts that are not files, in the order of the mail. */
  texts: readonly BodyText[];
  /** The text of all `texts`, joined. Undefined if it is empty. */
  text: string | undefined;
  /** The HTML parts that are not files, joined. Undefined if they are empty. */
  html: string | undefined;
  /** All other parts. */
  attachments: readonly Attachment[];
}

/**
 * Reads the parts of a mail. A mail of 5 MiB takes less than 0.1 s if a person wrote it. The worst
 * possible mail takes about 1 s.
 *
 * @throws when the mail has too many parts, is nested too deep, or its headers are too long.
 */
export async function parseMail(raw: Uint8Array): Promise<ParsedContent> {
  const excess = findExcess(raw);
  if (excess !== null) throw new Error(excess);
  const parser = new MailParser(LIMITS);
  await parser.parse(raw);
  return parser.toContent();
}

/**
 * postal-mime 4.0.0 with repairs (docs/decisions/006-mime-parser.md). mail-part.ts repairs the
 * parts. parsed-mail.ts reads the headers. postal-mime's types lack the declared fields, because
 * they are internal.
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

  toContent(): ParsedContent {
    const [plain, html] = [this.#listTexts("plain"), this.#listTexts("html")];
    return {
      headers: this.root.headers,
      texts: plain,
      text: joined(plain),
      html: joined(html),
      attachments: this.attachments,
    };
  }

  /**
   * Always returns false. Otherwise postal-mime converts between text and HTML, which takes hours
   * for 100 kB of `<a href="`.
   */
  isInlineTextNode(): boolean {
    return false;
  }

  /** Called for each part without sub-parts, in order. */
  collectAttachment(part: MailPart, content: ArrayBuffer): void {
    const text = toBodyText(part);
    if (text) this.#texts.push(text);
    else this.attachments.push(toAttachment(part, content));
  }

  /**
   * Returns a mail without addresses. postal-mime would take a second to parse the addresses of a
   * crafted header.
   */
  buildMessage(): Email {
    return { headers: [], headerLines: [], attachments: this.attachments };
  }

  #guard(part: MailPart): void {
    if (this.#guarded.has(part)) return;
    this.#guarded.add(part);
    guardPart(part);
  }

  #listTexts(type: BodyText["type"]): BodyText[] {
    return this.#texts.filter((text) => text.type === type);
  }
}

const joined = (texts: readonly BodyText[]) =>
  texts.map(({ text }) => text).join("\n") || undefined;
