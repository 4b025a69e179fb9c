import { expect, test } from "vitest";
import { describeRequest, pickAnswerHeaders } from "./describe-exchange.ts";

test("a request is described as it is sent, without its password", () => {
  const url = "https://me:hidden@hooks.example:8443/in?token=hidden";
  const shown = "https://me:***@hooks.example:8443/in?***";
  const headers = { "content-type": "application/json", "webhook-id": "evt_1" };
  expect(describeRequest(url, shown, { headers, body: "{ü}" })).toEqual({
    url: shown,
    headers: {
      "content-type": "application/json",
      "webhook-id": "evt_1",
      authorization: "***",
      host: "hooks.example:8443",
      "content-length": "4",
      "accept-encoding": "identity",
    },
    body_bytes: 4,
    body_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test("what is not an address is not described", () => {
  expect(describeRequest("hooks", "hooks", { headers: {}, body: "" })).toBeNull();
});

test.each([
  [{ "Content-Type": "text/html" }, { "content-type": "text/html" }],
  [{ via: ["a", "b"] }, { via: "a, b" }],
  [{ server: "x\0y" }, { server: "xy" }],
  [
    { "set-cookie": ["id=1"], "www-authenticate": "Basic", "x-api-key": "1", server: "nginx" },
    { "set-cookie": "***", "www-authenticate": "***", "x-api-key": "***", server: "nginx" },
  ],
  [{ server: "nginx", long: "x".repeat(1_024), last: "y" }, { server: "nginx" }],
  [{}, {}],
])("of the headers %j of an answer these are kept: %j", (headers, kept) => {
  expect(pickAnswerHeaders(headers)).toEqual(kept);
});
