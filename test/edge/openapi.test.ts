import { createConfig, lintFromString } from "@redocly/openapi-core";
import * as v from "valibot";
import { expect, test } from "vitest";
import { useEdge } from "./use-edge.ts";

const edge = useEdge();

test("the OpenAPI document equals the golden file", async () => {
  const response = await fetch(`${edge.stack().url}/api/v1/openapi.json`);
  expect(response.status).toBe(200);
  const text = (await response.text()).replaceAll(edge.stack().url, "https://superimap.test");
  const document: unknown = JSON.parse(text);
  expect(document).toMatchObject({ openapi: "3.1.0" });
  const golden = new URL("../golden/openapi.json", import.meta.url).pathname;
  await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot(golden);
});

test("a linter finds nothing in the OpenAPI document", async () => {
  const url = `${edge.stack().url}/api/v1/openapi.json`;
  const source = await (await fetch(url)).text();
  const config = await createConfig({
    extends: ["recommended"],
    rules: {
      "operation-operationId": "error",
      "operation-operationId-url-safe": "error",
      "operation-tag-defined": "error",
      "tag-description": "error",
    },
  });
  const problems = await lintFromString({ source, absoluteRef: url, config });
  expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]])).toEqual(
    [],
  );
});

test("every operation has a name of its own, by which clients call it", async () => {
  const response = await fetch(`${edge.stack().url}/api/v1/openapi.json`);
  const { paths } = v.parse(documentOf, await response.json());
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

const documentOf = v.object({
  paths: v.record(v.string(), v.record(v.string(), v.object({ operationId: v.string() }))),
});
const VERB_AND_NOUN =
  /^(list|get|create|update|delete|start|count|download|redeliver|revoke|rotate|pause|resume|send)([A-Z][a-z]+)+$/;

test("GET /docs is a page that loads nothing", async () => {
  const response = await fetch(`${edge.stack().url}/docs`);
  expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  const policy = response.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'");
  const page = await response.text();
  expect(page).toContain("/api/v1/connections/{code}/users/{tag}");
  expect(page).not.toMatch(/<script|<link|<img|url\(|@import/);

  const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const [, target] of page.matchAll(/href="#([^"]+)"/g)) expect(ids).toContain(target);
  expect(page).not.toMatch(/undefined|\[object/);

  const style = /<style>([\s\S]*?)<\/style>/.exec(page)?.[1] ?? "";
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(style));
  expect(policy).toContain(`'sha256-${Buffer.from(digest).toString("base64")}'`);
});
