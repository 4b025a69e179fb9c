import { expect, test } from "vitest";
import { computeFingerprint } from "./fingerprint.ts";

const URL = "https://x.test/api/v1/users?b=2&a=1";
const first = await computeFingerprint("POST", URL, { tag: "X", email: "x@x.test" });

const same: [what: string, url: string, body: unknown][] = [
  ["fields in another order", URL, { email: "x@x.test", tag: "X" }],
  ["parameters in another order", "https://x.test/api/v1/users?a=1&b=2", undefined],
  ["another host", "https://y.test/api/v1/users?b=2&a=1", undefined],
  ["the key in the query", `${URL}&api_key=k`, undefined],
  ["the key in the body", URL, { tag: "X", email: "x@x.test", api_key: "k" }],
];

test.each(same)("computeFingerprint() is the same for %s", async (_what, url, body) => {
  expect(await computeFingerprint("POST", url, body ?? { tag: "X", email: "x@x.test" })).toBe(
    first,
  );
});

const others: [what: string, method: string, url: string, body: unknown][] = [
  ["method", "PUT", URL, { tag: "X", email: "x@x.test" }],
  ["path", "POST", "https://x.test/api/v1/other?b=2&a=1", { tag: "X", email: "x@x.test" }],
  ["query", "POST", "https://x.test/api/v1/users?b=2&a=2", { tag: "X", email: "x@x.test" }],
  ["field", "POST", URL, { tag: "X", email: "y@x.test" }],
  ["set of fields", "POST", URL, { tag: "X" }],
  ["body", "POST", URL, ["tag"]],
];

test.each(others)(
  "computeFingerprint() differs for another %s",
  async (_what, method, url, body) => {
    expect(await computeFingerprint(method, url, body)).not.toBe(first);
  },
);
