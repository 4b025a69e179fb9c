import { expect, test } from "vitest";
import { newId } from "../../../shared/ids.ts";
import { readTryPath, toTryPath } from "./try-path.ts";

const commandId = newId("cmd");

test.each([
  "/connect/x.y.z",
  "/connect/x.y.z?success=https%3A%2F%2Fapp.test%2FStra%DFe",
  "/connect/x.y.z&success=https%3A%2F%2Fapp.test&failure=%G1",
  "https://mail.test/connect/x.y.z?lang=de",
])("the page of a login at %s names the link as it is", (link) => {
  for (const isWaiting of [false, true]) {
    const path = { link, commandId, isWaiting };
    expect(readTryPath(toTryPath(path))).toEqual(path);
  }
  expect(readTryPath(link)).toBeUndefined();
});

test.each(["?try=", "?try=x", "?try=cmd_", "?try=cmd_a&wait=1&x=1", "?retry=cmd_a"])(
  "%s names no login",
  (query) => {
    expect(readTryPath(`/connect/x.y.z${query}`)).toBeUndefined();
  },
);
