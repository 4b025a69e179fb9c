import type { ComponentChildren } from "preact";

/** A text that is shown in place of an empty list: why the list is empty, and what to do next. */
export const Empty = ({ title, children }: { title: string; children?: ComponentChildren }) => (
  <div class="empty">
    <p>
      <strong>{title}</strong>
    </p>
    {children}
  </div>
);
