import { USER_STATES, type UserState } from "../../../shared/users/user-states.ts";

const SCOPES = {
  active: { archived: "false" },
  archived: { archived: "true" },
  tracer: { tracer: "true" },
} as const;
const SCOPE_TITLES = { active: "Active", archived: "Archived", tracer: "Tracers" } as const;
export type Scope = keyof typeof SCOPES;

const isScope = (text: string | undefined): text is Scope =>
  text !== undefined && Object.hasOwn(SCOPES, text);

const TEXTS = ["text", "partner_id", "connection_id", "reason", "host", "provider"] as const;
export type UsersQuery = Partial<Record<(typeof TEXTS)[number], string>> & { state?: UserState };

/** The orders of the list; the first is the usual one. */
export const USER_SORTS = [
  "-created",
  "created",
  "tag",
  "-tag",
  "-state_changed",
  "state_changed",
] as const;

/** The orders of what a text finds; the first is the usual one. */
export const FOUND_SORTS = [
  "tag",
  "-tag",
  "-created",
  "created",
  "-state_changed",
  "state_changed",
] as const;

/** Reads the filters from the query of the address. */
export function usersQuery(query: Readonly<Record<string, string>>) {
  const filters: UsersQuery = {};
  for (const name of TEXTS) if (query[name]) filters[name] = query[name];
  const state = USER_STATES.find((one) => one === query["state"]);
  if (state) filters.state = state;
  const scope = isScope(query["scope"]) ? query["scope"] : undefined;
  return { filters, scope, asked: { ...filters, ...(scope && SCOPES[scope]) } };
}

/**
 * Returns the links for all users, active users, archived users and tracer users. The links keep
 * the other filters.
 */
export function scopeLinks(query: Readonly<Record<string, string>>) {
  const { filters, scope } = usersQuery(query);
  const sort = USER_SORTS.find((one) => one === query["sort"]);
  const toHref = (one: Scope | undefined) => {
    const kept = { ...filters, ...(sort && { sort }) };
    const search = new URLSearchParams({ ...kept, ...(one && { scope: one }) }).toString();
    return search === "" ? "/admin/users" : `/admin/users?${search}`;
  };
  return [
    { title: "All", href: toHref(undefined), isCurrent: scope === undefined },
    ...(["active", "archived", "tracer"] as const).map((one) => ({
      title: SCOPE_TITLES[one],
      href: toHref(one),
      isCurrent: scope === one,
    })),
  ];
}
