import { lazy } from "preact-iso";

/** The screens by address. The code of a screen is loaded when the screen is first opened. */
export const ROUTES = {
  "/admin/": lazy(async () => (await import("./screens/overview/overview.tsx")).OverviewScreen),
  "/admin/account": lazy(async () => (await import("./screens/account/account.tsx")).AccountScreen),
  "/admin/admins": lazy(async () => (await import("./screens/admins/admins.tsx")).AdminsScreen),
  "/admin/audit-log": lazy(
    async () => (await import("./screens/audit-log/audit-log.tsx")).AuditLogScreen,
  ),
  "/admin/connections/:id": lazy(
    async () => (await import("./screens/connections/connection.tsx")).ConnectionScreen,
  ),
  "/admin/dead-letters": lazy(
    async () => (await import("./screens/dead-letters/dead-letters.tsx")).DeadLettersScreen,
  ),
  "/admin/dead-letters/:id": lazy(
    async () => (await import("./screens/dead-letters/letter.tsx")).LetterScreen,
  ),
  "/admin/deliveries": lazy(
    async () => (await import("./screens/events/old-addresses.tsx")).OldDeliveries,
  ),
  "/admin/events": lazy(async () => (await import("./screens/events/events.tsx")).EventsScreen),
  "/admin/partners": lazy(
    async () => (await import("./screens/partners/partners.tsx")).PartnersScreen,
  ),
  "/admin/partners/:id": lazy(
    async () => (await import("./screens/partners/partner.tsx")).PartnerScreen,
  ),
  "/admin/providers": lazy(
    async () => (await import("./screens/providers/providers.tsx")).ProvidersScreen,
  ),
  "/admin/providers/new": lazy(
    async () => (await import("./screens/providers/new-provider.tsx")).NewProviderScreen,
  ),
  "/admin/providers/:id": lazy(
    async () => (await import("./screens/providers/provider.tsx")).ProviderScreen,
  ),
  "/admin/sessions": lazy(
    async () => (await import("./screens/sessions/sessions.tsx")).SessionsScreen,
  ),
  "/admin/users": lazy(async () => (await import("./screens/users/users.tsx")).UsersScreen),
  "/admin/users/new": lazy(
    async () => (await import("./screens/users/edit/new-user.tsx")).NewUserScreen,
  ),
  "/admin/users/:id": lazy(async () => (await import("./screens/users/user.tsx")).UserScreen),
  "/admin/users/:id/mail-log": lazy(
    async () => (await import("./screens/events/old-addresses.tsx")).OldMailLog,
  ),
  "/admin/events/:id": lazy(async () => (await import("./screens/events/event.tsx")).EventScreen),
  "/admin/tracers": lazy(async () => (await import("./screens/tracers/tracers.tsx")).TracersScreen),
};

interface Section {
  title: string;
  links: readonly { title: string; href: string }[];
}

export const NAVIGATION: readonly Section[] = [
  {
    title: "Mail",
    links: [
      { title: "Overview", href: "/admin/" },
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
      { title: "Admins", href: "/admin/admins" },
      { title: "Sessions", href: "/admin/sessions" },
      { title: "Audit log", href: "/admin/audit-log" },
    ],
  },
];
