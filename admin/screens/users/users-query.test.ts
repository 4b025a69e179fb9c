import { expect, test } from "vitest";
import { scopeLinks, usersQuery } from "./users-query.ts";

test.each([
  [{}, {}],
  [{ scope: "active" }, { archived: "false" }],
  [{ scope: "archived" }, { archived: "true" }],
  [
    { scope: "tracer", text: "ann" },
    { tracer: "true", text: "ann" },
  ],
  [{ scope: "constructor", state: "asleep" }, {}],
  [
    { state: "backoff", partner_id: "prt_1", connection_id: "con_1", cursor: "usr_1", other: "x" },
    { state: "backoff", partner_id: "prt_1", connection_id: "con_1" },
  ],
  [
    { reason: "timeout", host: "imap.example.com", sort: "tag" },
    { reason: "timeout", host: "imap.example.com" },
  ],
])("the address %j asks the API for %j", (query, asked) => {
  expect(usersQuery(query).asked).toEqual(asked);
});

test("each scope has its address, with the same filters and from the first page", () => {
  const links = scopeLinks({ text: "a b", scope: "archived", cursor: "usr_1" });
  expect(links).toEqual([
    { title: "All", href: "/admin/users?text=a+b", isCurrent: false },
    { title: "Active", href: "/admin/users?text=a+b&scope=active", isCurrent: false },
    { title: "Archived", href: "/admin/users?text=a+b&scope=archived", isCurrent: true },
    { title: "Tracers", href: "/admin/users?text=a+b&scope=tracer", isCurrent: false },
  ]);
  expect(scopeLinks({ sort: "-tag" })[3]?.href).toBe("/admin/users?sort=-tag&scope=tracer");
  expect(scopeLinks({})[0]).toEqual({ title: "All", href: "/admin/users", isCurrent: true });
});
