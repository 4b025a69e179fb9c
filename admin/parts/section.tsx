import type { ComponentChildren } from "preact";

interface SectionProps {
  title: string;
  /** The name of the section in addresses. */
  id?: string;
  /** Buttons beside the heading. */
  actions?: ComponentChildren;
  children: ComponentChildren;
}

/** One part of a screen, with its own heading. */
export const Section = ({ title, id, actions, children }: SectionProps) => (
  <section aria-label={title} {...(id !== undefined && { id })}>
    <header class="section-header">
      <h2>{title}</h2>
      {actions && <div class="actions">{actions}</div>}
    </header>
    {children}
  </section>
);
