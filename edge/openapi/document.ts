import type { Hono } from "hono";
import { generateSpecs, type GenerateSpecOptions } from "hono-openapi";
import type { AppEnv } from "../app-env.ts";
import { PROBLEMS } from "../problem.ts";
import { namedProblems } from "./answers.ts";
import { addExamples } from "./examples/add-examples.ts";
import { introduction } from "./introduction.ts";
import { namedSchemas } from "./schema.ts";
import { describeWebhooks } from "./webhooks.ts";
import { describeWrites } from "./writes.ts";

/** The schema of every error answer. It describes the interface Problem. */
const problemSchema = {
  type: "object" as const,
  description: "Why a request was refused (RFC 9457). `code` never changes its meaning.",
  required: ["type", "title", "status", "code"],
  properties: {
    type: {
      type: "string" as const,
      format: "uri" as const,
      description: "The address of a page that explains `code`: what it means, and what to do.",
    },
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

/**
 * The finished documents by public URL. A process has only one public URL, so the map stays small.
 * The map holds documents and not promises, because a Worker's request cannot wait for a promise
 * of another request.
 */
const built = new Map<string, OpenApiDocument>();

/** Returns the OpenAPI 3.1 document of the API's routes. It is built at the first call. */
export async function openApiDocument(
  app: Hono<AppEnv>,
  publicUrl: string,
): Promise<OpenApiDocument> {
  const known = built.get(publicUrl) ?? (await buildDocument(app, publicUrl));
  built.set(publicUrl, known);
  return known;
}

async function buildDocument(app: Hono<AppEnv>, publicUrl: string) {
  const described = await generateSpecs(app, options(publicUrl));
  const document = addExamples(describeWrites(described, publicUrl));
  const { components, paths } = document;
  return {
    ...document,
    components: { ...components, responses: usedIn(paths, components) },
    webhooks: describeWebhooks(),
  };
}

type Responses = NonNullable<Awaited<ReturnType<typeof generateSpecs>>["components"]["responses"]>;

/** Returns only the answers that some operation uses, because linters report unused ones. */
function usedIn(paths: object, { responses = {} }: { responses?: Responses }): Responses {
  const text = JSON.stringify(paths);
  const isUsed = (name: string) => text.includes(`"#/components/responses/${name}"`);
  return Object.fromEntries(Object.entries(responses).filter(([name]) => isUsed(name)));
}

/** The groups of operations, in the order in which the API reference shows them. */
const TAGS = [
  { name: "Connections", description: "The providers at which the partner's users have accounts." },
  { name: "Users", description: "Mail accounts, and the links to connect them." },
  { name: "Removals", description: "The progress of permanent removals." },
  { name: "Sweeps", description: "Sweeps create events for mail that is already in a mailbox." },
  { name: "Events", description: "The log of events, with the outcome of each." },
  {
    name: "Dead letters",
    description: "Events that were given up after the last delivery attempt failed.",
  },
  { name: "Tracers", description: "Test mails that SuperIMAP sends to measure latency." },
  { name: "API keys", description: "The partner's API keys." },
  { name: "Webhooks", description: "Deliveries and signing keys." },
];

const options = (publicUrl: string): Partial<GenerateSpecOptions> => ({
  excludeStaticFile: false,
  defaultValidationErrorResponse: false,
  documentation: {
    info: {
      title: "SuperIMAP",
      version: "1",
      description: introduction(publicUrl),
      license: { name: "MIT", identifier: "MIT" },
    },
    tags: TAGS,
    servers: [{ url: publicUrl }],
    security: [{ header: [] }, { parameter: [] }],
    components: {
      schemas: { ...namedSchemas(), Problem: problemSchema },
      responses: namedProblems(publicUrl),
      securitySchemes: {
        header: { type: "apiKey", in: "header", name: "x-api-key" },
        parameter: {
          type: "apiKey",
          in: "query",
          name: "api_key",
          description:
            "Also accepted as a field of the body. Prefer the header: it does not appear in logs.",
        },
      },
    },
  },
});

export type OpenApiDocument = Awaited<ReturnType<typeof buildDocument>>;
