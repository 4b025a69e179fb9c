import * as v from "valibot";
import { expect, test } from "vitest";
import { EnvError, flag, parseEnv } from "./env.ts";
import { isOwnMachine, noPrivateHostsForOthers } from "./own-machine.ts";

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

const schema = v.pipe(
  v.object({ PUBLIC_URL: v.string(), ALLOW_PRIVATE_HOSTS: v.optional(flag, "false") }),
  noPrivateHostsForOthers(),
);

test("private hosts are allowed on this machine, and refused where others reach the edge", () => {
  const read = (PUBLIC_URL: string, ALLOW_PRIVATE_HOSTS: string) =>
    parseEnv(schema, { PUBLIC_URL, ALLOW_PRIVATE_HOSTS });
  expect(read("http://127.0.0.1", "true").ALLOW_PRIVATE_HOSTS).toBe(true);
  expect(read("https://mail.example.com", "false").ALLOW_PRIVATE_HOSTS).toBe(false);
  expect(() => read("https://mail.example.com", "true")).toThrow(
    new EnvError([
      "ALLOW_PRIVATE_HOSTS must be false where PUBLIC_URL is not an address of this machine alone",
    ]),
  );
});
