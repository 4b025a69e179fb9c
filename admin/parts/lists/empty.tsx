import type { ComponentChildren } from "preact";

/** Replaces an empty list. It explains why the list is empty, and what to do next. */
export const Empty = ({ title, children }: { title: string; children?: ComponentChildren }) => (
  <div class="empty">
    <p>
      <strong>{title}</strong>
    </p>
    {children}
  </div>
);
