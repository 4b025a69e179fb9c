import { expect, test } from "vitest";
import { toTlsAddress } from "./over-tls.ts";

test.each([
  ["http://mail.test/api/v1/events?after=1", "https://mail.test/api/v1/events?after=1"],
  ["http://mail.test:80/", "https://mail.test/"],
  ["https://mail.test/", undefined],
])("%s is asked again at %s", (address, expected) => {
  expect(toTlsAddress(address)).toBe(expected);
});
