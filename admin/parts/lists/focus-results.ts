import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

/** Whether the next list that appears takes the focus. */
let isAwaited = false;

/**
 * Moves the focus to the list that appears next, such as the next page. Until it appears, the
 * focus is on the content of the page: the button that was pressed is removed meanwhile.
 */
export function focusNextResults(): void {
  const main = document.querySelector<HTMLElement>("#main");
  main?.focus({ preventScroll: true });
  isAwaited = main !== null;
}

/** Focuses the element when it appears, if `focusNextResults()` was called. */
export function useResultsFocus(results: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    // If the person has moved the focus meanwhile, it stays there.
    if (isAwaited && document.activeElement?.id === "main") results.current?.focus();
    isAwaited = false;
  }, [results]);
}
