import { expect, test } from "vitest";
import { isPrivateName, isPublicAddress } from "./public-address.ts";

const PUBLIC = [
  "1.1.1.1",
  "9.255.255.255",
  "11.0.0.0",
  "100.63.255.255",
  "100.128.0.0",
  "169.253.255.255",
  "172.15.255.255",
  "172.32.0.0",
  "223.255.255.255",
  "2606:4700:4700::1111",
  "2a00:1450:4001:80e::200e",
  "2001:4860:4860::8888",
  "2001:200::1",
  "3fff:1000::1",
];
const PRIVATE = [
  "0.0.0.0",
  "10.0.0.1",
  "100.64.0.1",
  "100.127.255.255",
  "127.0.0.1",
  "127.255.255.254",
  "169.254.169.254",
  "172.16.0.1",
  "172.31.255.255",
  "192.0.0.8",
  "192.168.1.1",
  "198.18.0.1",
  "198.19.255.255",
  "203.0.113.7",
  "224.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "::ffff:8.8.8.8",
  "::7f00:1",
  "64:ff9b::7f00:1",
  "100::1",
  "2001::1",
  "2001:1ff::1",
  "2001:db8::1",
  "2001:DB8::1",
  "3fff:fff::1",
  "2002:7f00:1::",
  "fc00::1",
  "fdaa::3",
  "fe80::1",
  "fe80::1%eth0",
  "2606:4700:4700::1111%eth0",
  "ff02::1",
  // A resolver never returns an address in one of these forms, so they are rejected.
  "0x7f000001",
  "2130706433",
  "127.1",
  "1.1.1.1.",
  "1.1.1.1:80",
  "1.1.1.01",
  "256.1.1.1",
  "1.1.1",
  "[2606:4700:4700::1111]",
  "2606:4700:4700::1111]@[::1",
  "0177.0.0.1",
  "example.com",
  "",
];

test.each(PUBLIC)("%s is a public address", (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

test.each(PRIVATE)("%j is no public address", (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.each([
  "localhost",
  "LOCALHOST.",
  "imap.localhost",
  "db.internal",
  "top1.nearest.of.app.internal",
  "app.flycast",
  "printer.local",
  "router.lan",
  "nas.home.arpa.",
])("%s is the name of a machine inside", (host) => {
  expect(isPrivateName(host)).toBe(true);
});

test.each(["example.com", "internal.example.com", "localhost.example.com", "mylocal", "1.1.1.1"])(
  "%s is no name of a machine inside",
  (host) => {
    expect(isPrivateName(host)).toBe(false);
  },
);
