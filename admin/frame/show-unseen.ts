import { options } from "preact";
import { toVisible } from "../../shared/visible-text.ts";

/** More than any answer, error or mail text that the edge sends. */
const MAX_CHARACTERS = 200_000;

interface TextNode {
  type: unknown;
  props: unknown;
}

/**
 * Has each text of a node, and each title, show what a reader would not see: tags, names, answers and mails are
 * of others. The one place for it: what fields hold is not changed.
 */
export function showUnseen(): void {
  const before = options.vnode;
  options.vnode = (node) => {
    before?.(node);
    makeVisible(node);
  };
}

/** Preact makes a node of a text too: with no type, and the text for its properties. */
export function makeVisible(node: TextNode): void {
  const { type, props } = node;
  if (type === null && typeof props === "string") node.props = toVisible(props, MAX_CHARACTERS);
  const isElement = typeof type === "string" && typeof props === "object" && props !== null;
  if (isElement && "title" in props && typeof props.title === "string") {
    node.props = { ...props, title: toVisible(props.title) };
  }
}
