import { expect, test } from "vitest";
import { toNetwork } from "./network.ts";

test.each([
  ["203.0.113.77", "203.0.113.0/24"],
  ["127.0.0.1", "127.0.0.0/24"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"],
  ["2001:0DB8:0001::6", "2001:db8:1::/48"],
  ["2001:db8::1", "2001:db8::/48"],
  ["2001::1", "2001::/48"],
  ["::1", "::/48"],
  ["::ffff:203.0.113.77", "::/48"],
  ["fe80::1:2:3:4", "fe80::/48"],
])("%s is in %s", (address, network) => {
  expect(toNetwork(address)).toBe(network);
});

test.each(["", "mail.test", "203.0.113", "2001:db8", "::1]/x", "1:2:3:4:5:6:7:8:9"])(
  "%j is no address",
  (text) => {
    expect(toNetwork(text)).toBeUndefined();
  },
);
