import { expect, test } from "vitest";
import { secretReader } from "./secret-reader.ts";

const HORSE = "U2FsdGVkX1/eLR/Nlq/DpI+eCXgnbR+u1gGRZjPsRhQ=";
const BROKEN = "U2FsdGVkX1/eLR/Nlq/DpI+eCXgn";

test("a value that was stored without a key is used unchanged", () => {
  expect(secretReader(undefined, [])("hunter2")).toBe("hunter2");
  expect(secretReader("superimap-key", [HORSE])("hunter2")).toBe("hunter2");
});

test("one secret that is broken does not make the key a wrong one", () => {
  const decrypt = secretReader("superimap-key", [BROKEN, HORSE]);
  expect(decrypt(HORSE)).toBe("correct horse");
  expect(decrypt(BROKEN)).toBeNull();
});

test.each([
  [undefined, "set SUPERIMAP_ENCRYPTION_KEY to the ENCRYPTION_KEY"],
  ["other-key", "SUPERIMAP_ENCRYPTION_KEY is a different key, it decrypts 0 of 1"],
])("the key %j is refused in words", (key, words) => {
  expect(() => secretReader(key, [HORSE])).toThrow(words);
});
