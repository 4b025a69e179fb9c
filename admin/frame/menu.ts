import type { AdminRole } from "../../shared/admin-roles.ts";

interface MenuLink {
  title: string;
  href: string;
  /** Admins without this role do not see the link. */
  needs?: AdminRole;
}

interface Section {
  title: string;
  links: readonly MenuLink[];
}

/** The menu of the pages. */
export const NAVIGATION: readonly Section[] = [
  {
    title: "Mail",
    links: [
      { title: "Overview", href: "/admin/" },
      { title: "Traffic", href: "/admin/traffic" },
      { title: "Users", href: "/admin/users" },
      { title: "Events", href: "/admin/events" },
      { title: "Dead letters", href: "/admin/dead-letters" },
      { title: "Tracers", href: "/admin/tracers" },
    ],
  },
  {
    title: "Customers",
    links: [
      { title: "Partners", href: "/admin/partners" },
      { title: "Providers", href: "/admin/providers" },
    ],
  },
  {
    title: "People",
    links: [
      { title: "Admins", href: "/admin/admins", needs: "owner" },
      { title: "Sessions", href: "/admin/sessions" },
      { title: "Audit log", href: "/admin/audit-log", needs: "operator" },
      { title: "My account", href: "/admin/account" },
    ],
  },
];

const OVERVIEW: MenuLink = { title: "Overview", href: "/admin/" };

/** Returns the link of the menu whose screen is the path's, or lists the path's item. */
export const findListLink = (path: string): MenuLink =>
  NAVIGATION.flatMap(({ links }) => links).find(
    ({ href }) => href !== OVERVIEW.href && (path === href || path.startsWith(`${href}/`)),
  ) ?? OVERVIEW;

/** Returns the address of the section about a screen in docs/admin.md, which the edge serves. */
export const toHelpHref = (title: string): string =>
  `/docs/admin#${title.toLowerCase().replaceAll(" ", "-")}`;
