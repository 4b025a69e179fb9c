import { lazyScreen } from "./frame/lazy-screen.tsx";

/** The screens by address. The code of a screen is loaded when the screen is first opened. */
export const ROUTES = {
  "/admin/": lazyScreen(
    async () => (await import("./screens/overview/overview.tsx")).OverviewScreen,
  ),
  "/admin/account": lazyScreen(
    async () => (await import("./screens/account/account.tsx")).AccountScreen,
  ),
  "/admin/admins": lazyScreen(
    async () => (await import("./screens/admins/admins.tsx")).AdminsScreen,
  ),
  "/admin/audit-log": lazyScreen(
    async () => (await import("./screens/audit-log/audit-log.tsx")).AuditLogScreen,
  ),
  "/admin/connections/:id": lazyScreen(
    async () => (await import("./screens/connections/connection.tsx")).ConnectionScreen,
  ),
  "/admin/dead-letters": lazyScreen(
    async () => (await import("./screens/dead-letters/dead-letters.tsx")).DeadLettersScreen,
  ),
  "/admin/dead-letters/:id": lazyScreen(
    async () => (await import("./screens/dead-letters/letter.tsx")).LetterScreen,
  ),
  "/admin/deliveries": lazyScreen(
    async () => (await import("./screens/events/old-addresses.tsx")).OldDeliveries,
  ),
  "/admin/events": lazyScreen(
    async () => (await import("./screens/events/events.tsx")).EventsScreen,
  ),
  "/admin/partners": lazyScreen(
    async () => (await import("./screens/partners/partners.tsx")).PartnersScreen,
  ),
  "/admin/partners/:id": lazyScreen(
    async () => (await import("./screens/partners/partner.tsx")).PartnerScreen,
  ),
  "/admin/providers": lazyScreen(
    async () => (await import("./screens/providers/providers.tsx")).ProvidersScreen,
  ),
  "/admin/providers/new": lazyScreen(
    async () => (await import("./screens/providers/new-provider.tsx")).NewProviderScreen,
  ),
  "/admin/providers/:id": lazyScreen(
    async () => (await import("./screens/providers/provider.tsx")).ProviderScreen,
  ),
  "/admin/sessions": lazyScreen(
    async () => (await import("./screens/sessions/sessions.tsx")).SessionsScreen,
  ),
  "/admin/users": lazyScreen(async () => (await import("./screens/users/users.tsx")).UsersScreen),
  "/admin/users/new": lazyScreen(
    async () => (await import("./screens/users/edit/new-user.tsx")).NewUserScreen,
  ),
  "/admin/users/:id": lazyScreen(async () => (await import("./screens/users/user.tsx")).UserScreen),
  "/admin/users/:id/mail-log": lazyScreen(
    async () => (await import("./screens/events/old-addresses.tsx")).OldMailLog,
  ),
  "/admin/events/:id": lazyScreen(
    async () => (await import("./screens/events/event.tsx")).EventScreen,
  ),
  "/admin/traffic": lazyScreen(
    async () => (await import("./screens/traffic/traffic.tsx")).TrafficScreen,
  ),
  "/admin/tracers": lazyScreen(
    async () => (await import("./screens/tracers/tracers.tsx")).TracersScreen,
  ),
};
