import { expect, test } from "vitest";
import { unreachableReason } from "./unreachable-reason.ts";

const withCode = (message: string, code: string, cause?: unknown) =>
  Object.assign(new Error(message, { cause }), { code });

test.each<[runtime: string, error: unknown, reason: string]>([
  [
    "Node",
    new TypeError("fetch failed", { cause: withCode("", "ECONNREFUSED") }),
    "connection refused",
  ],
  [
    "Bun",
    withCode("Unable to connect. Is the computer able to access the url?", "ConnectionRefused"),
    "connection refused",
  ],
  [
    "Deno",
    new TypeError(
      "error sending request for url (http://me:refused@x/): client error (Connect): tcp connect error: Connection refused (os error 111)",
    ),
    "connection refused",
  ],
  [
    "Node",
    new TypeError("fetch failed", { cause: withCode("other side closed", "UND_ERR_SOCKET") }),
    "connection lost",
  ],
  [
    "Node",
    new TypeError("fetch failed", { cause: withCode("getaddrinfo ENOTFOUND x", "ENOTFOUND") }),
    "name not found",
  ],
  [
    "Node",
    new TypeError("fetch failed", {
      cause: withCode("self-signed", "DEPTH_ZERO_SELF_SIGNED_CERT"),
    }),
    "the TLS certificate or handshake was refused",
  ],
  ["any", new TypeError("http://me:certificate@x/ broke"), "the request failed"],
  ["any", "not even an error", "the request failed"],
])("unreachableReason() reads an error of %s", (_runtime, error, reason) => {
  expect(unreachableReason(error)).toBe(reason);
});
