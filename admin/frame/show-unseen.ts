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
 * Makes invisible characters visible in all texts and `title` attributes of the page. Other people
 * write tags, names and mails, and could deceive the admin with such characters. The values of form
 * fields stay unchanged.
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
