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
    "A key that you choose: 1 to 255 printable characters, a new one for each operation. If you repeat a request with the same key within 24 hours, nothing is done again and you get the first answer, with the header `idempotency-replayed: true`. Refused requests change nothing and their answers are not kept: correct the request, and send it again with the same key.",
  schema: { type: "string" as const, minLength: 1, maxLength: 255 },
};

/**
 * The error codes that every write can return, because of the idempotency key or the body. A route
 * that needs no body can also return errors about the body, because the body is read to compare
 * requests with the same key.
 */
const CODES = [
  "idempotency-key-in-use",
  "idempotency-key-reused",
  "malformed-body",
  "body-too-large",
  "unsupported-media-type",
] as const satisfies ProblemCode[];

/** Adds the header Idempotency-Key and its error answers to every write. */
export function describeWrites(document: Document, publicUrl: string): Document {
  const paths = Object.entries(document.paths).map(([path, item]) => {
    const operations = WRITES.flatMap((method) => {
      const operation = item[method];
      if (!operation) return [];
      const { parameters = [], responses } = operation;
      const described = {
        ...operation,
        parameters: [...parameters, idempotencyKey],
        responses: { ...responses, ...besides(responses, publicUrl) },
      };
      return [[method, described] as const];
    });
    return [path, { ...item, ...Object.fromEntries(operations) }] as const;
  });
  return { ...document, paths: Object.fromEntries(paths) };
}

/**
 * Returns the error answers for CODES. If the operation already has an answer with the same status,
 * the two are combined.
 */
const besides = (responses: object, publicUrl: string) =>
  Object.fromEntries(
    CODES.map((code) => {
      const status = String(PROBLEMS[code].status);
      const known = Object.entries(responses).find(([other]) => other === status)?.[1];
      const named = { $ref: `#/components/responses/${code}` };
      return [status, known ? both(known, code, publicUrl) : named];
    }),
  );

function both(known: unknown, code: ProblemCode, publicUrl: string) {
  const name = isReference(known) ? known.$ref.split("/").at(-1) : undefined;
  if (name === code) return known;
  const codes = name !== undefined && isProblemCode(name) ? [name, code] : [code];
  const titles = codes.map((one) => `${PROBLEMS[one].title} (\`${one}\`)`);
  return { description: `${titles.join(". ")}.`, content: problemContent(codes, publicUrl) };
}

const isReference = (response: unknown): response is { $ref: string } =>
  typeof response === "object" &&
  response !== null &&
  "$ref" in response &&
  typeof response.$ref === "string";
