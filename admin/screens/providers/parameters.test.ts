import { expect, test } from "vitest";
import { formatParameters, splitParameters } from "./parameters.ts";

test.each<[text: string, parameters: Record<string, string>]>([
  ["", {}],
  ["prompt=consent", { prompt: "consent" }],
  ["\n a = b=c \r\n\nd=e\n", { a: "b=c", d: "e" }],
  ["prompt", { prompt: "" }],
])("the lines %j are the parameters %j", (text, parameters) => {
  expect(splitParameters(text)).toEqual(parameters);
});

test("parameters come back from the lines that show them", () => {
  const parameters = { access_type: "offline", claims: "a=b" };
  expect(splitParameters(formatParameters(parameters).join("\n"))).toEqual(parameters);
});
