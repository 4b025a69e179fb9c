import { expect, test } from "vitest";
import { useEdge, userPath, USERS } from "../use-edge.ts";

const edge = useEdge();

test("the pages of a list show each user once", async () => {
  const { call } = await edge.connectedPartner();
  const tags = Array.from({ length: 7 }, (_, n) => `user ${n}`);
  for (const tag of tags) await call("POST", USERS, { body: { tag } });
  await call("DELETE", userPath("user 3"));

  const seen: unknown[] = [];
  let next: string | undefined = `${USERS}?limit=3`;
  const sizes: number[] = [];
  while (next !== undefined) {
    const { body, headers } = await call("GET", next);
    const page = Array.isArray(body) ? body : [];
    sizes.push(page.length);
    seen.push(...page);
    next = /^<[^>]*\/api\/v1([^>]*)>; rel="next"$/.exec(headers.get("link") ?? "")?.[1];
  }
  expect(sizes).toEqual([3, 3, 1]);
  expect(seen).toEqual(
    tags.map((tag) => ({
      tag,
      email: null,
      state: tag === "user 3" ? "archived" : "new",
      archived: tag === "user 3",
      connected_at: null,
    })),
  );
});

test("a list can be filtered, and its pages keep the filter", async () => {
  const { call } = await edge.connectedPartner();
  for (const n of [1, 2, 3, 4]) {
    await call("POST", USERS, { body: { tag: `User ${n}`, email: `${n}@x.test` } });
  }
  await call("DELETE", userPath("User 4"));
  const tags = async (query: string) => {
    const { body } = await call("GET", `${USERS}?${query}`);
    return Array.isArray(body) ? body.map((user: { tag: string }) => user.tag) : body;
  };
  expect(await tags("archived=true")).toEqual(["User 4"]);
  expect(await tags("archived=false&state=new")).toEqual(["User 1", "User 2", "User 3"]);
  expect(await tags("state=auth_failed")).toEqual([]);
  expect(await tags("email=2%40X.test")).toEqual(["User 2"]);
  expect(await tags("tag=uSER+3")).toEqual(["User 3"]);
  expect(await tags("tag=User")).toEqual([]);

  const { headers } = await call("GET", `${USERS}?limit=2&archived=false`);
  const next = /api\/v1([^>]*)>/.exec(headers.get("link") ?? "")?.[1] ?? "";
  expect(next).toContain("archived=false");
  expect((await call("GET", next)).body).toMatchObject([{ tag: "User 3" }]);
  for (const query of ["state=odd", "archived=maybe", "tag=", "email=%00"]) {
    expect(await call("GET", `${USERS}?${query}`)).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: `/${query.split("=")[0]}` }] },
    });
  }
});

test("a query that is not UTF-8 is refused", async () => {
  const { call } = await edge.connectedPartner();
  await call("POST", USERS, { body: { tag: "Stra\uFFFDe" } });
  await call("POST", USERS, { body: { tag: "Stra%DFe" } });
  for (const query of ["tag=Stra%DFe", "tag=%", "tag=%G1", "email=%C0%AF", "limit=1&%ED%A0%80"]) {
    const answer = await call("GET", `${USERS}?${query}`);
    expect(answer).toMatchObject({ status: 422, body: { code: "invalid-input" } });
    expect(answer.text).toContain("must be percent-encoded UTF-8");
  }
  for (const tag of ["Stra%DFe", "%"]) {
    for (const method of ["GET", "DELETE"]) {
      expect((await call(method, `${USERS}/${tag}`)).status).toBe(404);
    }
  }
  expect((await call("GET", userPath("Stra%DFe"))).body).toMatchObject({ archived: false });
});

test("a wrong limit or cursor is refused, and a link carries no key", async () => {
  const { call, apiKey } = await edge.connectedPartner();
  for (const tag of ["a", "b"]) await call("POST", USERS, { body: { tag } });
  for (const query of ["limit=0", "limit=1001", "limit=x", "cursor=x", "cursor="]) {
    expect(await call("GET", `${USERS}?${query}`)).toMatchObject({
      status: 422,
      body: { code: "invalid-input", errors: [{ pointer: `/${query.split("=")[0]}` }] },
    });
  }
  const { headers } = await call("GET", `${USERS}?limit=1&api_key=${apiKey}`);
  expect(headers.get("link")).toMatch(/^<http.*limit=1&cursor=[\w-]+>; rel="next"$/);
});
