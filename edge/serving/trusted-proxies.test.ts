import * as v from "valibot";
import { expect, test } from "vitest";
import { identifyCaller, trustedProxies } from "./trusted-proxies.ts";

const isTrusted = v.parse(trustedProxies, "10.0.0.0/8, fd00::/8, 192.0.2.1");
const plain = { isTls: false, forwardedFor: undefined, forwardedProto: undefined };

test.each([
  ["a caller without a proxy", { peer: "203.0.113.9" }, { address: "203.0.113.9" }],
  ["an IPv4 address on an IPv6 socket", { peer: "::ffff:203.0.113.9" }, { address: "203.0.113.9" }],
  [
    "a caller who forges a proxy's headers",
    { peer: "203.0.113.9", forwardedFor: "198.51.100.1", forwardedProto: "https" },
    { address: "203.0.113.9", isTls: false, ignoresProxy: true },
  ],
  [
    "a trusted proxy",
    { peer: "10.0.0.2", forwardedFor: "198.51.100.1", forwardedProto: "https" },
    { address: "198.51.100.1", isTls: true, ignoresProxy: false },
  ],
  [
    "a caller behind a trusted proxy who forges another caller",
    { peer: "10.0.0.2", forwardedFor: "192.0.2.77, 198.51.100.1" },
    { address: "198.51.100.1" },
  ],
  [
    "two trusted proxies",
    { peer: "::ffff:10.0.0.2", forwardedFor: "198.51.100.1, 192.0.2.1" },
    { address: "198.51.100.1" },
  ],
  [
    "a caller who is a trusted proxy itself",
    { peer: "10.0.0.2", forwardedFor: "10.0.0.7" },
    { address: "10.0.0.7" },
  ],
  [
    "ports, as some proxies write them",
    { peer: "fd00::2", forwardedFor: "[2001:db8::1]:4711" },
    { address: "2001:db8::1" },
  ],
  [
    "garbage before the proxy's own entry",
    { peer: "10.0.0.2", forwardedFor: "<script>, 10.0.0.7:99" },
    { address: "10.0.0.7" },
  ],
  ["a proxy that sends no headers", { peer: "10.0.0.2", isTls: true }, { isTls: true }],
  [
    "the scheme of the nearest proxy",
    { peer: "10.0.0.2", forwardedProto: "https, http" },
    { isTls: false },
  ],
])("the caller is found: %s", (_, arrival, wanted) => {
  expect(identifyCaller({ ...plain, ...arrival }, isTrusted)).toMatchObject(wanted);
});

test.each(["10.0.0.0/33", "10.0.0/8", "caddy", "fd00::/129", "10.0.0.0/-1", "::/x"])(
  "%s is no network",
  (text) => {
    expect(v.safeParse(trustedProxies, text).success).toBe(false);
  },
);

test("without trusted proxies nothing is believed", () => {
  const none = v.parse(trustedProxies, "");
  const arrival = { ...plain, peer: "127.0.0.1", forwardedFor: "198.51.100.1" };
  expect(identifyCaller(arrival, none).address).toBe("127.0.0.1");
});
