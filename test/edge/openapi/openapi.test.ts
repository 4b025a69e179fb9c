import * as v from "valibot";
import { expect, test } from "vitest";
import { useEdge } from "../use-edge.ts";

const edge = useEdge();

test("the OpenAPI document equals the golden file", async () => {
  const response = await fetch(`${edge.stack().url}/api/v1/openapi.json`);
  expect(response.status).toBe(200);
  const text = (await response.text()).replaceAll(edge.stack().url, "https://superimap.test");
  const document: unknown = JSON.parse(text);
  expect(document).toMatchObject({ openapi: "3.1.0" });
  const golden = new URL("../../golden/openapi.json", import.meta.url).pathname;
  await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot(golden);
});

test("every operation has a name of its own, by which clients call it", async () => {
  const response = await fetch(`${edge.stack().url}/api/v1/openapi.json`);
  const { paths } = v.parse(shownDocument, await response.json());
  const ids = Object.values(paths).flatMap((item) =>
    Object.values(item).map(({ operationId }) => operationId),
  );
  expect(ids).toHaveLength(36);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(VERB_AND_NOUN);
  expect(paths["/api/v1/connections/{code}/users"]).toEqual({
    get: { operationId: "listUsers" },
    post: { operationId: "createUser" },
  });
});

const shownDocument = v.object({
  paths: v.record(v.string(), v.record(v.string(), v.object({ operationId: v.string() }))),
});
const VERB_AND_NOUN =
  /^(list|get|create|update|delete|start|count|download|redeliver|revoke|rotate|pause|resume|send)([A-Z][a-z]+)+$/;

test("GET /docs is a page that loads files of its own origin alone, and runs no inline script", async () => {
  const { url } = edge.stack();
  const response = await fetch(`${url}/docs`);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  const policy = new Map(
    (response.headers.get("content-security-policy") ?? "").split("; ").map((directive) => {
      const [name = "", ...sources] = directive.split(" ");
      return [name, sources.join(" ")];
    }),
  );
  expect(policy.get("default-src")).toBe("'none'");
  expect(policy.get("script-src")).toBe("'self'");
  expect(policy.get("connect-src")).toBe(`${url}/api/v1/`);

  const page = await response.text();
  expect(page).not.toMatch(/<script(?![^>]* src=)|<style|url\(|@import/);
  const files = [...page.matchAll(/ (?:src|href)="([^"]+)"/g)].map(([, path = ""]) => path);
  expect(files).toContainEqual(expect.stringMatching(/^\/docs\/assets\/scalar-[\w-]+\.js$/));
  for (const path of files) {
    expect(path).toMatch(/^\/[^/]/);
    const file = await fetch(`${url}${path}`);
    expect([path, file.status]).toEqual([path, 200]);
    await file.body?.cancel();
  }
});

test("the files of /docs may be kept forever, since their names change with their content", async () => {
  const { url } = edge.stack();
  const page = await (await fetch(`${url}/docs`)).text();
  const [, script = ""] = /src="(\/docs\/assets\/scalar-[^"]+)"/.exec(page) ?? [];
  const { headers, body } = await fetch(`${url}${script}`);
  await body?.cancel();
  expect(headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  expect(headers.get("content-type")).toMatch(/^text\/javascript/);
  const missing = await fetch(`${url}/docs/assets/no-such-file.js`);
  expect(missing.status).toBe(404);
});
