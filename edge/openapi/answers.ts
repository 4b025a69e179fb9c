import type { GenericSchema } from "valibot";
import {
  isProblemCode,
  type Problem,
  problemBody,
  PROBLEMS,
  type ProblemCode,
} from "../problem.ts";
import { named } from "./examples/shown.ts";
import { buildJsonSchema } from "./schema.ts";

/** Describes a successful answer with a JSON body. */
export const jsonAnswer = (description: string, schema: GenericSchema) => ({
  description,
  content: { "application/json": { schema: buildJsonSchema(schema) } },
});

/**
 * Describes the error answers with these codes, by status. Each code must have a different status.
 */
export const problemAnswers = (...codes: ProblemCode[]) =>
  Object.fromEntries(
    codes.map((code) => [
      String(PROBLEMS[code].status),
      { $ref: `#/components/responses/${code}` },
    ]),
  );

/** Describes the body of an error answer, with an example for each code. */
export function problemContent(codes: readonly ProblemCode[], publicUrl: string) {
  const all = codes.map((code) => [code, problemExample(code, publicUrl)] as const);
  const [[, only] = []] = all;
  const shown = all.length === 1 && only ? { example: only } : named(Object.fromEntries(all));
  return {
    "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" }, ...shown },
  };
}

const problemExample = (code: ProblemCode, publicUrl: string): Problem => ({
  ...problemBody(code, { publicUrl, errors: code === "invalid-input" ? WRONG_FIELDS : [] }),
  request_id: "9f1c6f0e-53a1-4d3b-9c57-2f0c1a3c8a41",
});
const WRONG_FIELDS = [{ pointer: "/email", detail: "must be an e-mail address" }];

/** Returns the component `responses` of the document, to which problemAnswers() refers. */
export const namedProblems = (publicUrl: string) =>
  Object.fromEntries(
    Object.keys(PROBLEMS)
      .filter(isProblemCode)
      .map((code) => [
        code,
        {
          description: `${PROBLEMS[code].title} (\`${code}\`).`,
          content: problemContent([code], publicUrl),
        },
      ]),
  );
