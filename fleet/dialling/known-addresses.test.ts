import { expect, test } from "vitest";
import { addressesInHostsFile, parseIpHost } from "./known-addresses.ts";

test.each([
  ["127.0.0.1", "127.0.0.1"],
  ["127.1", "127.0.0.1"],
  ["0x7f000001", "127.0.0.1"],
  ["2130706433", "127.0.0.1"],
  ["0177.0.0.1", "127.0.0.1"],
  ["::1", "::1"],
  ["example.com", null],
  ["127.0.0.1.example.com", null],
  ["not a host", null],
])("the host %s is the address %s", (host, address) => {
  expect(parseIpHost(host)).toBe(address);
});

test("a hosts file names addresses, in any case, with comments between them", () => {
  const text =
    "# local\n127.0.0.1 localhost\n::1\tlocalhost ip6-localhost # loopback\n10.0.0.5 Mail.Example.com mail\nnonsense here\n";
  expect(Object.fromEntries(addressesInHostsFile(text))).toEqual({
    localhost: ["127.0.0.1", "::1"],
    "ip6-localhost": ["::1"],
    "mail.example.com": ["10.0.0.5"],
    mail: ["10.0.0.5"],
  });
});
