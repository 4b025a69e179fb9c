import { createConfig, lintFromString } from "@redocly/openapi-core";
import { expect, test } from "vitest";
import * as v from "valibot";
import { createApp } from "../app.ts";

const URL = "https://mail.test/api/v1/openapi.json";

/** Returns the document as the Worker serves it. */
async function readDocument(): Promise<string> {
  const env = { publicUrl: "https://mail.test", isDevelopment: true };
  const response = await createApp().request(URL, {}, env);
  expect(response.status).toBe(200);
  return response.text();
}

/** Returns the faults that the linter finds, including examples that do not match their schemas. */
async function faultsOf(source: string): Promise<string[]> {
  const config = await createConfig({
    extends: ["recommended"],
    rules: {
      "operation-operationId": "error",
      "operation-operationId-unique": "error",
      "operation-operationId-url-safe": "error",
      "operation-tag-defined": "error",
      "operation-summary": "error",
      "tag-description": "error",
      "no-invalid-media-type-examples": "error",
      "no-invalid-parameter-examples": "error",
      "no-invalid-schema-examples": "error",
    },
  });
  const faults = await lintFromString({ source, absoluteRef: URL, config });
  return faults.map(
    ({ ruleId, message, location: [at] }) => `${ruleId} at ${at?.pointer ?? "?"}: ${message}`,
  );
}

test("a linter finds nothing in the OpenAPI document", async () => {
  expect(await faultsOf(await readDocument())).toEqual([]);
});

test("the linter objects to examples that do not fit their schemas", async () => {
  const source = BREACHES.reduce(
    (text, { from, to }) => {
      expect(text).toContain(from);
      return text.replaceAll(from, to);
    },
    await readDocument(),
  );
  const faults = await faultsOf(source);
  for (const { at } of BREACHES) expect(faults).toContainEqual(expect.stringMatching(at));
});

/** Replacements that make an example wrong: in an answer, a request, a webhook and an error. */
const BREACHES = [
  { from: '"users_count":17', to: '"users_count":"many"', at: /examples at .*\/responses\/200\// },
  { from: '"grace_hours":24', to: '"grace_hours":{}', at: /examples at .*\/requestBody\// },
  { from: '"timestamp":1795359846', to: '"timestamp":"now"', at: /examples at #\/webhooks\// },
  { from: '"code":"conflict"', to: '"code":"mine"', at: /examples at .*\/responses\/conflict\// },
];

const media = v.object({ "application/json": v.looseObject({}) });
const operation = v.object({
  operationId: v.string(),
  requestBody: v.optional(v.object({ content: media })),
  responses: v.record(v.string(), v.object({ content: v.optional(v.unknown()) })),
});
const shownDocument = v.object({
  paths: v.record(v.string(), v.record(v.string(), operation)),
  webhooks: v.record(v.string(), v.record(v.string(), operation)),
});

test("every operation and webhook has an example of its body and of its answer", async () => {
  const { paths, webhooks } = v.parse(shownDocument, JSON.parse(await readDocument()));
  const operations = [...Object.values(paths), ...Object.values(webhooks)].flatMap((item) =>
    Object.values(item),
  );
  const without = operations.flatMap(({ operationId, requestBody, responses }) =>
    [requestBody, ...Object.values(responses)].flatMap((described) =>
      v.is(v.object({ content: media }), described) && !hasExample(described.content)
        ? [operationId]
        : [],
    ),
  );
  expect(without).toEqual([]);
});

const hasExample = (content: v.InferOutput<typeof media>) =>
  "example" in content["application/json"] || "examples" in content["application/json"];
