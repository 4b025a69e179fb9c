import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useLocation } from "preact-iso";
import type { AdminRole } from "../../shared/admin-roles.ts";
import { toVisible } from "../../shared/visible-text.ts";
import { useMay } from "../session/use-may.ts";
import { findListLink, toHelpHref } from "./menu.ts";

export interface Crumb {
  title: string;
  href: string;
}

interface PageProps {
  title: string;
  crumbs?: readonly Crumb[];
  /** Buttons beside the heading. */
  actions?: ComponentChildren;
  /** The role that the buttons need. Other admins do not see the buttons. */
  actionsNeed?: AdminRole;
  children: ComponentChildren;
}

/** True until the first page has been shown. Every later page moves the focus to its heading. */
let isFirst = true;

/** The layout of one screen: breadcrumbs, heading and content. */
export function Page({ title, crumbs = [], actions, actionsNeed = "viewer", children }: PageProps) {
  const may = useMay();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${toVisible(title, 100)} · SuperIMAP`;
  }, [title]);
  useEffect(() => {
    if (!isFirst) heading.current?.focus();
    isFirst = false;
  }, []);
  return (
    <>
      {crumbs.length > 0 && (
        <nav aria-label="Breadcrumb" class="crumbs">
          <ol>
            {crumbs.map((crumb) => (
              <li key={crumb.href}>
                <a href={crumb.href}>{crumb.title}</a>
              </li>
            ))}
            <li aria-current="page">{title}</li>
          </ol>
        </nav>
      )}
      <header class="page-header">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        <div class="actions">
          {may(actionsNeed) && actions}
          <HelpLink />
        </div>
      </header>
      {children}
    </>
  );
}

/** A link to the section of the documentation about this screen. */
function HelpLink() {
  const { title } = findListLink(useLocation().path);
  return (
    <a
      class="help"
      href={toHelpHref(title)}
      target="_blank"
      aria-label="Help for this page"
      title="Help"
    >
      ?
    </a>
  );
}
