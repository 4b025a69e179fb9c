import { toJsonSchema } from "@valibot/to-json-schema";
import type { GenericSchema } from "valibot";

/** A JSON Schema as it stands in the document. */
export interface JsonSchema {
  [keyword: string]: unknown;
}

/** What a caller may send by this schema. OpenAPI 3.1 speaks JSON Schema 2020-12. */
export function jsonSchemaOf(schema: GenericSchema): JsonSchema {
  const { $schema: _dialect, ...keywords } = toJsonSchema(schema, {
    target: "draft-2020-12",
    typeMode: "input",
    // Checks of our own have no keyword; their field's description says them.
    errorMode: "ignore",
  });
  return keywords;
}

/** The query parameters that this schema of an object names. */
export function queryParametersOf(schema: GenericSchema) {
  const { properties = {}, required = [] } = toJsonSchema(schema, {
    target: "draft-2020-12",
    typeMode: "input",
    errorMode: "ignore",
  });
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...keywords } = typeof property === "object" ? property : {};
    return {
      name,
      in: "query" as const,
      required: required.includes(name),
      ...(description !== undefined && { description }),
      schema: keywords,
    };
  });
}
