import * as v from "valibot";
import { expect, test } from "vitest";
import { otlpHeaders, share } from "./otlp-settings.ts";

test.each([
  ["", {}],
  ["api-key=abc", { "api-key": "abc" }],
  ["a=1,b=2", { a: "1", b: "2" }],
  ["authorization=Basic%20dXNlcjpwYXNz=", { authorization: "Basic dXNlcjpwYXNz=" }],
])("the headers %j are read", (text, headers) => {
  expect(v.parse(otlpHeaders, text)).toEqual(headers);
});

test.each(["secret", "a=1,", "=1", "a=1, b=2", "a=%zz", "a=%ff", "a b=1"])(
  "%j are no headers",
  (text) => {
    expect(v.safeParse(otlpHeaders, text).issues?.map(({ message }) => message)).toContain(
      "must be name=value, percent-encoded, separated by commas",
    );
  },
);

test.each([
  ["0", 0],
  ["1", 1],
  ["1.0", 1],
  ["0.01", 0.01],
  [".5", 0.5],
])("%s is a share", (text, number) => {
  expect(v.parse(share, text)).toBe(number);
});

test.each(["", "-1", "1.5", "2", "half", "1e-3", "0."])("%j is none", (text) => {
  expect(v.safeParse(share, text).success).toBe(false);
});
