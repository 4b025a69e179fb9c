import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { useResultsFocus } from "./focus-results.ts";

/** A text that is shown in place of an empty list: why the list is empty, and what to do next. */
export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  const results = useRef<HTMLDivElement>(null);
  useResultsFocus(results);
  return (
    <div class="empty" ref={results} tabIndex={-1}>
      <p>
        <strong>{title}</strong>
      </p>
      {children}
    </div>
  );
}
