import { expect, test } from "vitest";
import { toAddressBlock } from "./address-block.ts";

test.each([
  ["203.0.113.77", "203.0.113.77"],
  ["::ffff:203.0.113.77", "203.0.113.77"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:0DB8:0001:0002::", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["", "unknown"],
  ["mail.test", "unknown"],
  ["::1]/x", "unknown"],
])("%j counts as %s", (address, block) => {
  expect(toAddressBlock(address)).toBe(block);
});
