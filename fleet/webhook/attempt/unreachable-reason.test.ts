import { expect, test } from "vitest";
import { ExchangeRefused } from "../../dialling/exchange-refused.ts";
import { unreachableReason } from "./unreachable-reason.ts";

const TLS = "the TLS certificate or handshake was refused";

test.each([
  ["ECONNREFUSED", "connection refused"],
  ["ECONNRESET", "connection lost"],
  ["EPIPE", "connection lost"],
  ["ERR_SOCKET_CLOSED", "connection lost"],
  ["ENOTFOUND", "name not found"],
  ["EAI_AGAIN", "name not found"],
  ["ETIMEDOUT", "connection timed out"],
  ["ENETUNREACH", "no route to the host"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", TLS],
  ["CERT_HAS_EXPIRED", TLS],
  ["ERR_TLS_CERT_ALTNAME_INVALID", TLS],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", TLS],
  ["EPROTO", TLS],
  ["ERR_SSL_WRONG_VERSION_NUMBER", TLS],
  ["HPE_HEADER_OVERFLOW", "the headers of the answer are too long"],
  ["HPE_INVALID_CONSTANT", "the answer is not HTTP"],
  ["EMFILE", "the request failed"],
])("unreachableReason() reads the code %s", (code, reason) => {
  const error = Object.assign(new Error("https://me:secret@example.com/"), { code });
  expect(unreachableReason(error)).toBe(reason);
  expect(unreachableReason(new Error("wrapped", { cause: error }))).toBe(reason);
});

test.each<[error: unknown, reason: string]>([
  [new ExchangeRefused("the host has no public address"), "the host has no public address"],
  [new TypeError("http://me:CERT@x/ broke"), "the request failed"],
  ["not even an error", "the request failed"],
])("unreachableReason() reads %s", (error, reason) => {
  expect(unreachableReason(error)).toBe(reason);
});
