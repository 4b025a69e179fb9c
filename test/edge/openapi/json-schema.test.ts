import { expect, test } from "vitest";
import { type CheckedSchema, schemaChecker } from "./json-schema.ts";

const findFaults = schemaChecker((ref) => (ref === "#/name" ? NAME : {}));
const NAME: CheckedSchema = { type: "string", minLength: 2, maxLength: 3, pattern: "^a" };
const PERSON: CheckedSchema = {
  type: "object",
  required: ["name"],
  properties: {
    name: { $ref: "#/name" },
    age: { anyOf: [{ type: "null" }, { type: "integer", minimum: 1 }] },
    tags: { type: "array", items: { enum: ["x", "y"], type: "string" } },
    born: { type: "string", format: "date-time" },
    end: { oneOf: [{ type: "number" }, { type: "integer" }, { type: "null" }] },
    photo: { type: "string", format: "binary" },
    page: { type: "string", format: "uri" },
  },
};

test.each([
  [{ name: "ab" }, []],
  [{ name: "ab", age: null, tags: ["x"], born: "2026-11-22T00:00:00Z" }, []],
  [{}, ["/name: required"]],
  [{ name: "b" }, ["/name: minLength", "/name: pattern"]],
  [{ name: "aaaa" }, ["/name: maxLength"]],
  [{ name: 1 }, ["/name: type"]],
  [{ name: "ab", age: 0 }, ["/age: anyOf"]],
  [{ name: "ab", tags: ["x", "z"] }, ["/tags/1: enum"]],
  [{ name: "ab", born: "soon" }, ["/born: format"]],
  [{ name: "ab", page: "https://a.test/b#c" }, []],
  [{ name: "ab", page: "/b#c" }, ["/page: format"]],
  [{ name: "ab", end: 1.5, photo: "\0" }, []],
  [{ name: "ab", end: 1, photo: 1 }, ["/end: oneOf", "/photo: type", "/photo: format"]],
  [{ name: "ab", end: "x" }, ["/end: oneOf"]],
  [{ name: "ab", more: 1 }, ["/more: unknown"]],
  [[], [": type"]],
])("%j has these faults: %j", (value, faults) => {
  expect(findFaults(PERSON, value)).toEqual(faults);
});

test("an unsupported keyword is not ignored", () => {
  expect(() => findFaults({ allOf: [] }, 1)).toThrow("allOf");
});
