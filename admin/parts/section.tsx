import type { ComponentChildren } from "preact";

interface SectionProps {
  title: string;
  /** Buttons beside the heading. */
  actions?: ComponentChildren;
  children: ComponentChildren;
}

/** One part of a screen, with its own heading. */
export const Section = ({ title, actions, children }: SectionProps) => (
  <section aria-label={title}>
    <header class="section-header">
      <h2>{title}</h2>
      {actions && <div class="actions">{actions}</div>}
    </header>
    {children}
  </section>
);
