import { lazy } from "preact-iso";

/** Each screen is loaded when it is first gone to. */
export const ROUTES = {
  "/admin/account": lazy(async () => (await import("./screens/account/account.tsx")).AccountScreen),
  "/admin/admins": lazy(async () => (await import("./screens/admins/admins.tsx")).AdminsScreen),
  "/admin/audit-log": lazy(
    async () => (await import("./screens/audit-log/audit-log.tsx")).AuditLogScreen,
  ),
  "/admin/sessions": lazy(
    async () => (await import("./screens/sessions/sessions.tsx")).SessionsScreen,
  ),
};

interface Section {
  title: string;
  links: readonly { title: string; href: string }[];
}

export const NAVIGATION: readonly Section[] = [
  {
    title: "People",
    links: [
      { title: "Admins", href: "/admin/admins" },
      { title: "Sessions", href: "/admin/sessions" },
      { title: "Audit log", href: "/admin/audit-log" },
    ],
  },
];
