import type { Hono } from "hono";
import { generateSpecs, type GenerateSpecOptions } from "hono-openapi";
import type { AppEnv } from "../app-env.ts";
import { PROBLEMS } from "../problem.ts";
import { namedProblems } from "./answers.ts";
import { namedSchemas } from "./schema.ts";
import { describeWrites } from "./writes.ts";

/** The schema of every error answer. Its source is the interface Problem. */
const problemSchema = {
  type: "object" as const,
  description: "Why a request was refused (RFC 9457). `code` never changes its meaning.",
  required: ["type", "title", "status", "code"],
  properties: {
    type: { type: "string" as const },
    title: { type: "string" as const },
    status: { type: "integer" as const },
    code: { type: "string" as const, enum: Object.keys(PROBLEMS) },
    detail: { type: "string" as const },
    request_id: {
      type: "string" as const,
      description: "The header `x-request-id`: the caller's own, if it was well-formed, or ours.",
    },
    errors: {
      type: "array" as const,
      description: "Each wrong field, by a JSON Pointer (RFC 6901), and why.",
      items: {
        type: "object" as const,
        required: ["pointer", "detail"],
        properties: {
          pointer: { type: "string" as const },
          detail: { type: "string" as const },
        },
      },
    },
  },
};

/** The OpenAPI 3.1 document of the routes that describe themselves. */
export const openApiDocument = async (app: Hono<AppEnv>, publicUrl: string) =>
  describeWrites(await generateSpecs(app, options(publicUrl)));

const options = (publicUrl: string): Partial<GenerateSpecOptions> => ({
  excludeStaticFile: false,
  defaultValidationErrorResponse: false,
  documentation: {
    info: {
      title: "SuperIMAP",
      version: "1",
      description:
        "Registers the mail accounts of a partner's users; each mail that arrives in one calls the partner's webhook.",
    },
    servers: [{ url: publicUrl }],
    security: [{ header: [] }, { parameter: [] }],
    components: {
      schemas: { ...namedSchemas(), Problem: problemSchema },
      responses: namedProblems(),
      securitySchemes: {
        header: { type: "apiKey", in: "header", name: "x-api-key" },
        parameter: {
          type: "apiKey",
          in: "query",
          name: "api_key",
          description: "Also accepted as a field of the body. The header keeps out of logs.",
        },
      },
    },
  },
});

export type OpenApiDocument = Awaited<ReturnType<typeof openApiDocument>>;
