import { expect, test } from "vitest";
import { isOwnMachine } from "./own-machine.ts";

test.each([
  ["http://127.0.0.1:8787", true],
  ["http://127.9.9.9", true],
  ["http://localhost:8787", true],
  ["http://[::1]:8787", true],
  ["https://mail.example.com", false],
  ["https://localhost.example.com", false],
  ["https://127.0.0.1.example.com", false],
  ["http://10.0.0.1", false],
])("%s is of this machine alone: %s", (url, expected) => {
  expect(isOwnMachine(url)).toBe(expected);
});
