import type { ComponentChildren } from "preact";
import type { AdminRole } from "../../shared/admin-roles.ts";
import { useMay } from "../session/use-may.ts";

interface SectionProps {
  title: string;
  /** The name of the section in addresses. */
  id?: string;
  /** Buttons beside the heading. */
  actions?: ComponentChildren;
  /** The role that the buttons need. Other admins do not see the buttons. */
  actionsNeed?: AdminRole;
  children: ComponentChildren;
}

/** One part of a screen, with its own heading. */
export function Section({ title, id, actions, actionsNeed = "viewer", children }: SectionProps) {
  const may = useMay();
  return (
    <section aria-label={title} {...(id !== undefined && { id })}>
      <header class="section-header">
        <h2>{title}</h2>
        {actions && may(actionsNeed) && <div class="actions">{actions}</div>}
      </header>
      {children}
    </section>
  );
}
