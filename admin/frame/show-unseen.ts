import { options } from "preact";
import { toVisible } from "../../shared/visible-text.ts";

/**
 * The page cuts texts that are longer than this. No answer, error or mail text from the edge is
 * that long, so these are always shown whole.
 */
const MAX_CHARACTERS = 200_000;

interface TextNode {
  type: unknown;
  props: unknown;
}

/**
 * Makes invisible characters visible in every text and `title` attribute of the page. Tags, names,
 * answers and mails come from other people, who can use such characters to deceive the admin. The
 * values of form fields are not changed. Components need not do anything for this.
 */
export function showUnseen(): void {
  const before = options.vnode;
  options.vnode = (node) => {
    before?.(node);
    makeVisible(node);
  };
}

/**
 * Makes invisible characters visible in one node. In Preact, a text node has the type null, and its
 * props are the text.
 */
export function makeVisible(node: TextNode): void {
  const { type, props } = node;
  if (type === null && typeof props === "string") node.props = toVisible(props, MAX_CHARACTERS);
  const isElement = typeof type === "string" && typeof props === "object" && props !== null;
  if (isElement && "title" in props && typeof props.title === "string") {
    node.props = { ...props, title: toVisible(props.title) };
  }
}
