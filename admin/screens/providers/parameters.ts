import { splitLines } from "../../parts/forms/split-lines.ts";

/** Formats the parameters of the authorization URL as lines such as `prompt=consent`. */
export const formatParameters = (parameters: Readonly<Record<string, string>>): string[] =>
  Object.entries(parameters).map(([name, value]) => `${name}=${value}`);

/**
 * Parses lines such as `prompt=consent`. A line without `=` becomes a name with an empty value. The
 * server refuses empty values.
 */
export const splitParameters = (text: string): Record<string, string> =>
  Object.fromEntries(
    splitLines(text).map((line) => {
      const [name = "", ...value] = line.split("=");
      return [name.trim(), value.join("=").trim()];
    }),
  );
