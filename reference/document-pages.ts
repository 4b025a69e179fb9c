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

function toHtml(markdown: string): string {
  const marked = new Marked();
  const tokens = marked.lexer(markdown);
  const headings = tokens.filter(isHeading);
  const ids = chooseIds(headings);
  const places = new Map(headings.map((heading) => [`#${toSlug(heading.text)}`, ids.get(heading)]));
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
        // A link to another document becomes plain text, because the edge does not serve that
        // document.
        if (!href.startsWith("#")) return text;
        const id = places.get(href);
        if (id === undefined)
          throw new Error(`Cannot build the page of a document: no ${href} in it`);
        return `<a href="#${id}">${text}</a>`;
      },
    },
  });
  return marked.parser(tokens);
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
