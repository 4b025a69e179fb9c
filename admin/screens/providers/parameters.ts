import { linesOf } from "../../parts/forms/lines-of.ts";

/** `prompt=consent`, one a line. */
export const linesOfParameters = (parameters: Readonly<Record<string, string>>): string[] =>
  Object.entries(parameters).map(([name, value]) => `${name}=${value}`);

/** A line without `=` is a name with a blank value, which the server refuses at that name. */
export const parametersOf = (text: string): Record<string, string> =>
  Object.fromEntries(
    linesOf(text).map((line) => {
      const [name = "", ...value] = line.split("=");
      return [name.trim(), value.join("=").trim()];
    }),
  );
