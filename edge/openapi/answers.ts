import type { GenericSchema } from "valibot";
import { PROBLEMS, type ProblemCode } from "../problem.ts";
import { jsonSchemaOf } from "./schema.ts";

/** Describes a successful answer with a JSON body. */
export const jsonAnswer = (description: string, schema: GenericSchema) => ({
  description,
  content: { "application/json": { schema: jsonSchemaOf(schema) } },
});

/** Describes the answers for these problems by status. No two of them may have the same status. */
export const problemAnswers = (...codes: ProblemCode[]) =>
  Object.fromEntries(
    codes.map((code) => [
      String(PROBLEMS[code].status),
      { $ref: `#/components/responses/${code}` },
    ]),
  );

/** Returns the components that problemAnswers() refers to. */
export const namedProblems = () =>
  Object.fromEntries(
    Object.entries(PROBLEMS).map(([code, { title }]) => [
      code,
      {
        description: `${title} (\`${code}\`).`,
        content: {
          "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
        },
      },
    ]),
  );
