import type { generateSpecs } from "hono-openapi";
import { isProblemCode, PROBLEMS, type ProblemCode } from "../problem.ts";
import { problemContent } from "./answers.ts";

type Document = Awaited<ReturnType<typeof generateSpecs>>;

const WRITES = ["post", "put", "delete"] as const;

const idempotencyKey = {
  name: "idempotency-key",
  in: "header" as const,
  required: false,
  description:
    "Chosen by you, 1 to 255 printable characters, another for each thing that is to be done once. Once it is done, the same request under the same key has the same answer for 24 hours, with the header `idempotency-replayed: true`, and does nothing again. A refusal changes nothing and is not kept: mend the request, and send it under the same key.",
  schema: { type: "string" as const, minLength: 1, maxLength: 255 },
};

/** Problems of the key, and of the body, which is read for the key even when the route ignores it. */
const CODES = [
  "idempotency-key-in-use",
  "idempotency-key-reused",
  "malformed-body",
  "body-too-large",
  "unsupported-media-type",
] as const satisfies ProblemCode[];

/** Describes the Idempotency-Key at every write. */
export function describeWrites(document: Document): Document {
  const paths = Object.entries(document.paths).map(([path, item]) => {
    const operations = WRITES.flatMap((method) => {
      const operation = item[method];
      if (!operation) return [];
      const { parameters = [], responses } = operation;
      const described = {
        ...operation,
        parameters: [...parameters, idempotencyKey],
        responses: { ...responses, ...besides(responses) },
      };
      return [[method, described] as const];
    });
    return [path, { ...item, ...Object.fromEntries(operations) }] as const;
  });
  return { ...document, paths: Object.fromEntries(paths) };
}

/** Returns the answers for the codes, combined with the existing answer of the same status. */
const besides = (responses: object) =>
  Object.fromEntries(
    CODES.map((code) => {
      const status = String(PROBLEMS[code].status);
      const known = Object.entries(responses).find(([other]) => other === status)?.[1];
      return [status, known ? both(known, code) : { $ref: `#/components/responses/${code}` }];
    }),
  );

function both(known: unknown, code: ProblemCode) {
  const name = isReference(known) ? known.$ref.split("/").at(-1) : undefined;
  if (name === code) return known;
  const codes = name !== undefined && isProblemCode(name) ? [name, code] : [code];
  const titles = codes.map((one) => `${PROBLEMS[one].title} (\`${one}\`)`);
  return { description: `${titles.join(". ")}.`, content: problemContent(...codes) };
}

const isReference = (response: unknown): response is { $ref: string } =>
  typeof response === "object" &&
  response !== null &&
  "$ref" in response &&
  typeof response.$ref === "string";
