import { parseResponse } from "hono/client";
import { expect, expectTypeOf, test } from "vitest";
import { apiClient } from "./api-client.ts";

const param = { code: "PLAIN" };

/** Creates an API client whose requests all get the same answer, and records the requests. */
function edgeThatAnswers(body: unknown, status = 200) {
  const asked: Request[] = [];
  const fetch: typeof globalThis.fetch = (input, init) => {
    asked.push(new Request(input, init));
    return Promise.resolve(Response.json(body, { status }));
  };
  return { asked, api: apiClient({ url: "https://edge.test", apiKey: "key", fetch }) };
}

test("a call goes to its path under /api/v1, with the key in the header and never in the URL", async () => {
  const { api, asked } = edgeThatAnswers({ tag: "a b" });
  const users = api.connections[":code"].users;
  await users[":tag"].$get({ param: { ...param, tag: "a b" } });
  await users.$post({ param, json: { tag: "new" } });
  const [got, posted] = asked;
  expect(got?.url).toBe("https://edge.test/api/v1/connections/PLAIN/users/a%20b");
  expect(got?.headers.get("x-api-key")).toBe("key");
  expect(posted?.method).toBe("POST");
  expect(await posted?.json()).toEqual({ tag: "new" });
});

test("parseResponse() gives the body, or throws with the problem", async () => {
  const shown = [{ imap_provider_code: "PLAIN", users_count: 1 }];
  const good = await parseResponse(edgeThatAnswers(shown).api.connections.$get({ query: {} }));
  expect(good).toEqual(shown);
  const problem = { status: 404, code: "not-found" };
  const bad = edgeThatAnswers(problem, 404).api.connections.$get({ query: {} });
  await expect(parseResponse(bad)).rejects.toMatchObject({ detail: { data: problem } });
});

const { api } = edgeThatAnswers({});
const users = api.connections[":code"].users;

test("the types know paths, bodies and answers", () => {
  type Shown = Awaited<ReturnType<Awaited<ReturnType<typeof users.$post>>["json"]>>;
  expectTypeOf<Shown>().toHaveProperty("tag").toEqualTypeOf<string>();
  expectTypeOf<Shown>().toHaveProperty("connected_at").toEqualTypeOf<string | null>();
  const remove = users[":tag"].$delete;
  expectTypeOf(remove).parameter(0).toExtend<{ query: { purge?: "true" | "false" } }>();
  expectTypeOf(api.purges[":id"].$get).parameter(0).toExtend<{ param: { id: string } }>();
});

test("the types refuse unknown paths, methods and fields", () => {
  expectTypeOf(api).not.toHaveProperty("nothing");
  expectTypeOf(users).not.toHaveProperty("$delete");
  expectTypeOf(users.$post).parameter(0).not.toExtend<{ json: { tag: number } }>();
  void (() => [
    // @ts-expect-error A user needs a tag.
    users.$post({ param, json: {} }),
    // @ts-expect-error `purge` is true or false.
    users[":tag"].$delete({ param: { ...param, tag: "a" }, query: { purge: "maybe" } }),
    // @ts-expect-error There is no connection without a code.
    users.$get({ query: {} }),
  ]);
});
