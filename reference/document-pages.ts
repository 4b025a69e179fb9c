import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Marked, type Token, type Tokens } from "marked";
import type { Plugin } from "vite";

const PLACE = /<!-- docs\/([a-z]+\.md) -->/;

/**
 * A Vite plugin that converts documents to HTML. It inserts them into the pages of this folder that
 * name them, such as errors.html.
 */
export function documentPages(): Plugin {
  return {
    name: "document-pages",
    transformIndexHtml: {
      order: "pre",
      handler: (html) => html.replace(PLACE, (_, name: string) => toHtml(readDocument(name))),
    },
  };
}

const readDocument = (name: string) =>
  readFileSync(join(import.meta.dirname, "..", "docs", name), "utf8");

/** The documents that the edge serves, and their addresses. */
const SERVED: Readonly<Record<string, string>> = {
  "admin.md": "/docs/admin",
  "errors.md": "/docs/errors",
  "runbook.md": "/docs/runbook",
};

function toHtml(markdown: string): string {
  const marked = new Marked();
  const tokens = marked.lexer(markdown);
  const ids = chooseIds(tokens.filter(isHeading));
  marked.use({
    renderer: {
      heading(heading) {
        const { depth, tokens: inline } = heading;
        const id = ids.get(heading) ?? "";
        return `<h${depth} id="${id}">${this.parser.parseInline(inline)}</h${depth}>\n`;
      },
      // The edge does not serve the pictures of documents.
      image: () => "",
      link({ href, tokens: inline }) {
        const text = this.parser.parseInline(inline);
        const [name = "", anchor] = href.split("#", 2);
        const address = name === "" ? "" : SERVED[name];
        // A link to a document that the edge does not serve becomes plain text.
        if (address === undefined) return text;
        if (anchor === undefined) return `<a href="${address}">${text}</a>`;
        const id = findPlace(name === "" ? markdown : readDocument(name), anchor);
        return `<a href="${address}#${id}">${text}</a>`;
      },
    },
  });
  return marked.parser(tokens);
}

/** Returns the id of the heading that has this anchor on GitHub. */
function findPlace(markdown: string, anchor: string): string {
  const headings = new Marked().lexer(markdown).filter(isHeading);
  const heading = headings.find(({ text }) => toSlug(text) === anchor);
  const id = heading && chooseIds(headings).get(heading);
  if (id === undefined) throw new Error(`Cannot build the page of a document: no #${anchor} in it`);
  return id;
}

const isHeading = (token: Token): token is Tokens.Heading => token.type === "heading";

/**
 * Chooses the ids of headings. If an id is already taken, the id of the section is put before it.
 *
 *   heading          id
 *   404 not-found    not-found
 *   Problem codes    problem-codes
 *   wrong_password   wrong_password
 *   timeout          unreachable-timeout, because the heading `504 timeout` has the id `timeout`
 */
function chooseIds(headings: readonly Tokens.Heading[]): Map<Tokens.Heading, string> {
  const ids = new Map<Tokens.Heading, string>();
  const taken = new Set<string>();
  let section = "";
  for (const heading of headings) {
    const short = /^\d{3} ([a-z-]+)$/.exec(heading.text)?.[1] ?? toSlug(heading.text);
    const id = taken.has(short) ? `${section}-${short}` : short;
    if (taken.has(id))
      throw new Error(`Cannot build the page of a document: two headings are ${id}`);
    taken.add(id);
    ids.set(heading, id);
    if (heading.depth <= 3) section = id;
  }
  return ids;
}

/** Returns the anchor that GitHub generates for a heading. */
const toSlug = (heading: string) =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
