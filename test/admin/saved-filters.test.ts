import * as v from "valibot";
import { expect, test } from "vitest";
import { newId } from "../../shared/ids.ts";
import type { AdminBrowser } from "./admin-browser.ts";
import { useAdmin } from "./use-admin.ts";

const admin = useAdmin();
const FILTER = { path: "/admin/users", query: "state=auth_failed", name: "Refused" };

const saved = v.object({
  saved_filters: v.array(v.object({ id: v.string(), name: v.string(), query: v.string() })),
});
const list = async (browser: AdminBrowser, path = FILTER.path) =>
  v.parse(saved, (await browser.call("GET", `/saved-filters?path=${path}`)).body).saved_filters;
const save = (browser: AdminBrowser, body: object) =>
  browser.call("POST", "/saved-filters", { body });

test("an admin saves filters, replaces one by its name, and deletes it", async () => {
  const { browser } = await admin.signedIn();
  expect((await save(browser, FILTER)).status).toBe(201);
  await save(browser, { ...FILTER, name: "All", query: "text=a" });
  await save(browser, { ...FILTER, name: "refused", query: "state=backoff" });
  const found = await list(browser);
  expect(found).toEqual([
    { id: expect.any(String), name: "All", query: "text=a" },
    { id: expect.any(String), name: "refused", query: "state=backoff" },
  ]);
  expect(await list(browser, "/admin/partners")).toEqual([]);
  expect((await browser.call("DELETE", `/saved-filters/${found[0]?.id}`)).status).toBe(204);
  expect(await list(browser)).toHaveLength(1);
});

test("nobody sees or deletes the filters of another admin", async () => {
  const { browser } = await admin.signedIn();
  await save(browser, FILTER);
  const [own] = await list(browser);
  const { browser: other } = await admin.signedIn();
  expect(await list(other)).toEqual([]);
  for (const id of [own?.id, newId("flt"), "x"]) {
    const answer = await other.call("DELETE", `/saved-filters/${id}`);
    expect(answer).toMatchObject({ status: 404, body: { code: "not-found" } });
  }
  expect(await list(browser)).toEqual([own]);
});

test("an admin saves 50 filters at most", async () => {
  const { browser, id } = await admin.signedIn();
  await admin.stack().query(
    `insert into admin_saved_filters (id, admin_id, path, query, name)
     select 'flt_' || lpad(n::text, 22, '0'), $1, '/admin/users', 'text=' || n, 'Nr ' || n
     from generate_series(1, 50) as n`,
    [id],
  );
  expect(await save(browser, FILTER)).toMatchObject({ status: 409, body: { code: "conflict" } });
  expect((await save(browser, { ...FILTER, name: "NR 7" })).status).toBe(201);
});

test.each([
  [{ path: "https://evil.test/" }, "/path"],
  [{ path: "/admin/../x" }, "/path"],
  [{ query: "x".repeat(2_001) }, "/query"],
  [{ name: "" }, "/name"],
])("a filter with %j is refused", async (wrong, pointer) => {
  const { browser } = await admin.signedIn();
  expect(await save(browser, { ...FILTER, ...wrong })).toMatchObject({
    status: 422,
    body: { errors: [{ pointer }] },
  });
});
