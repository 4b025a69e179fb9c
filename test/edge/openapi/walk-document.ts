import * as v from "valibot";
import { type CheckedSchema, type FindFaults, schemaChecker } from "./json-schema.ts";

const schema = v.record(v.string(), v.unknown());
const response = v.object({ content: v.optional(v.record(v.string(), v.object({ schema }))) });
const reference = v.object({ $ref: v.string() });
const parameter = v.object({
  name: v.string(),
  in: v.picklist(["path", "query", "header"]),
  schema,
});
const operation = v.object({
  parameters: v.optional(v.array(parameter), []),
  requestBody: v.optional(
    v.object({ content: v.object({ "application/json": v.object({ schema }) }) }),
  ),
  responses: v.record(v.string(), v.union([reference, response])),
});
const document = v.object({
  paths: v.record(v.string(), v.record(v.string(), operation)),
  components: v.object({
    schemas: v.record(v.string(), schema),
    responses: v.record(v.string(), response),
  }),
});

/** A method of a path, as the OpenAPI document describes it. */
export interface Operation {
  /** Method and path, such as `PUT /connections/{code}`. */
  title: string;
  method: string;
  /** The path after /api/v1. Parameters are in braces. */
  path: string;
  parameters: readonly v.InferOutput<typeof parameter>[];
  /** The schema of the request body. Undefined if the operation has no request body. */
  body: CheckedSchema | undefined;
  /**
   * The schemas of the answers, by status and then by media type. An answer without a body has no
   * media type.
   */
  answers: ReadonlyMap<number, Readonly<Record<string, CheckedSchema>>>;
}

export interface ApiDocument {
  operations: Operation[];
  findFaults: FindFaults;
  /** Returns the schema that a `$ref` refers to. Returns any other schema unchanged. */
  resolved(schema: CheckedSchema): CheckedSchema;
}

/** Reads the parts of an OpenAPI document that these tests need. */
export function readDocument(json: unknown): ApiDocument {
  const { paths, components } = v.parse(document, json);
  const resolve = (ref: string) => {
    const found = components.schemas[readRefName(ref)];
    if (!found) throw new Error(`The document has no schema ${ref}`);
    return found;
  };
  const findContent = (
    answer: v.InferOutput<typeof response> | v.InferOutput<typeof reference>,
  ) => {
    const found = "$ref" in answer ? components.responses[readRefName(answer.$ref)] : answer;
    const content = Object.entries(found?.content ?? {});
    return Object.fromEntries(content.map(([type, { schema: one }]) => [type, one]));
  };
  const operations = Object.entries(paths).flatMap(([whole, item]) =>
    Object.entries(item).map(([name, { parameters, requestBody, responses }]): Operation => {
      const path = whole.replace(/^\/api\/v1/, "");
      const method = name.toUpperCase();
      const answers = Object.entries(responses).map(
        ([status, answer]) => [Number(status), findContent(answer)] as const,
      );
      return {
        title: `${method} ${path}`,
        method,
        path,
        parameters,
        body: requestBody?.content["application/json"].schema,
        answers: new Map(answers),
      };
    }),
  );
  return {
    operations,
    findFaults: schemaChecker(resolve),
    resolved: (one) => (typeof one["$ref"] === "string" ? resolve(one["$ref"]) : one),
  };
}

const readRefName = (ref: string) => ref.split("/").at(-1) ?? "";
