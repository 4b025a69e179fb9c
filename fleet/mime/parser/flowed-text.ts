/**
 * Joins the lines of a text that was sent with `format=flowed` (RFC 3676):
 * - A line that ends in a space continues in the next line of the same quote depth (4.1).
 * - The stuffing space at the beginning of a line is removed (4.4).
 * - With `DelSp=yes`, the space at the end of a continued line is removed.
 * - A signature's separator (4.3) and lines of different depth (4.5) are never joined.
 *
 * In the result, a quoted paragraph begins with its quote marks (`>`) and one space.
 */
export function unflow(text: string, deletesSpace: boolean): FlowedText {
  const paragraphs: string[] = [];
  const ownLines = new Set<number>();
  let open: Paragraph | null = null;
  const end = ({ depth, pieces }: Paragraph, isSeparator: boolean) => {
    // A space at the end of a line means that the paragraph continues. At the end of a paragraph,
    // the space has no meaning and is removed. The separator of a signature (`-- `) keeps its
    // space.
    const content = isSeparator ? pieces.join("") : pieces.join("").trimEnd();
    if (depth === 0 && content.startsWith(">")) ownLines.add(paragraphs.length);
    paragraphs.push(marked(depth, content));
    open = null;
  };
  for (const line of text.split(/\r?\n/)) {
    const { depth, content } = unquote(line);
    const isSeparator = content === "-- ";
    if (open && (open.depth !== depth || isSeparator)) end(open, false);
    open ??= { depth, pieces: [] };
    const isFlowed = content.endsWith(" ") && !isSeparator;
    open.pieces.push(isFlowed && deletesSpace ? content.slice(0, -1) : content);
    if (!isFlowed) end(open, isSeparator);
  }
  if (open) end(open, false);
  return { text: paragraphs.join("\n"), ownLines };
}

export interface FlowedText {
  text: string;
  /**
   * The indices (from 0) of unquoted lines that begin with `>`. The writer wrote this character as
   * part of the text.
   */
  ownLines: ReadonlySet<number>;
}

interface Paragraph {
  depth: number;
  pieces: string[];
}

/**
 * Splits a line into its quote marks and its content. Removes the quote marks first, then the
 * stuffing space (RFC 3676, 4.5).
 */
function unquote(line: string): { depth: number; content: string } {
  let depth = 0;
  while (line[depth] === ">") depth++;
  return { depth, content: line.slice(line[depth] === " " ? depth + 1 : depth) };
}

const marked = (depth: number, content: string) =>
  depth === 0 || content === "" ? ">".repeat(depth) + content : `${">".repeat(depth)} ${content}`;
