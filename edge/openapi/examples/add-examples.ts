import type { generateSpecs } from "hono-openapi";
import { EVENT_EXAMPLES, EVENT_ID } from "./event-examples.ts";
import { KEY_ID, PARTNER_EXAMPLES } from "./partner-examples.ts";
import type { OperationExamples, Shown } from "./shown.ts";
import { PURGE_ID, USER_EXAMPLES } from "./user-examples.ts";

type Document = Awaited<ReturnType<typeof generateSpecs>>;
type Operation = NonNullable<Document["paths"][string]["get"]>;

/** The examples by operationId. */
const EXAMPLES: Readonly<Record<string, OperationExamples>> = {
  ...USER_EXAMPLES,
  ...EVENT_EXAMPLES,
  ...PARTNER_EXAMPLES,
};

/** The examples of the path parameter `id`, by the path segment before it. */
const IDS: Readonly<Record<string, string>> = {
  purges: PURGE_ID,
  "dead-letters": EVENT_ID,
  "api-keys": KEY_ID,
};
const PARAMETERS: Readonly<Record<string, string>> = { code: "PLAIN", tag: "customer-17" };

const METHODS = ["get", "post", "put", "delete"] as const;

/**
 * Adds the examples to every operation. The linter in lint.test.ts checks them against the schemas.
 */
export function addExamples(document: Document): Document {
  const paths = Object.entries(document.paths).map(([path, item]) => {
    const operations = METHODS.flatMap((method) => {
      const operation = item[method];
      return operation ? [[method, withExamples(operation, path)] as const] : [];
    });
    return [path, { ...item, ...Object.fromEntries(operations) }] as const;
  });
  return { ...document, paths: Object.fromEntries(paths) };
}

function withExamples(operation: Operation, path: string): Operation {
  const { parameters = [], requestBody, responses, operationId = "" } = operation;
  const { request, response } = EXAMPLES[operationId] ?? {};
  return {
    ...operation,
    parameters: parameters.map((parameter) =>
      "in" in parameter && parameter.in === "path"
        ? { ...parameter, ...parameterExample(parameter.name, path) }
        : parameter,
    ),
    ...(requestBody && { requestBody: withJsonExample(requestBody, request) }),
    responses: Object.fromEntries(
      Object.entries(responses).map(([status, answer]) => [
        status,
        status.startsWith("2") ? withJsonExample(answer, response) : answer,
      ]),
    ),
  };
}

function parameterExample(name: string, path: string): object {
  const [, collection = ""] = /([\w-]{1,50})\/\{id\}/.exec(path) ?? [];
  const example = PARAMETERS[name] ?? IDS[collection];
  return example === undefined ? {} : { example };
}

function withJsonExample<T extends object>(described: T, shown: Shown | undefined): T {
  if (shown === undefined || !("content" in described)) return described;
  const content = described.content;
  if (typeof content !== "object" || content === null) return described;
  if (!("application/json" in content)) return described;
  const media = content["application/json"];
  if (typeof media !== "object") return described;
  return {
    ...described,
    content: { ...content, "application/json": { ...media, ...shown } },
  };
}
