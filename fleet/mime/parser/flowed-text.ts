/**
 * Joins the lines of a text that was sent with `format=flowed` (RFC 3676, 4): those of one quote depth
 * that end in a space go on in the next. The space that stuffs a line (4.4) is taken away, that
 * before a break as well with `DelSp=yes`; a signature's separator is never joined (4.3), nor are lines
 * of different depth (4.5). Quoted paragraphs begin with their marks and one space.
 */
export function unflow(text: string, deletesSpace: boolean): FlowedText {
  const paragraphs: string[] = [];
  const ownLines = new Set<number>();
  let open: Paragraph | null = null;
  const end = ({ depth, pieces }: Paragraph, isSeparator: boolean) => {
    // The spaces that were left for a next line lead nowhere at its end.
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
  /** Which of its lines, from 0 on, begin with a `>` that is no mark of a quotation. */
  ownLines: ReadonlySet<number>;
}

interface Paragraph {
  depth: number;
  pieces: string[];
}

/** RFC 3676, 4.5: first the marks are taken off and counted, then the stuffing. */
function unquote(line: string): { depth: number; content: string } {
  let depth = 0;
  while (line[depth] === ">") depth++;
  return { depth, content: line.slice(line[depth] === " " ? depth + 1 : depth) };
}

const marked = (depth: number, content: string) =>
  depth === 0 || content === "" ? ">".repeat(depth) + content : `${">".repeat(depth)} ${content}`;
