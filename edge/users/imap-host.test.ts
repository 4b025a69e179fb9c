import * as v from "valibot";
import { expect, test } from "vitest";
import { imapHost } from "./imap-host.ts";

test.each([
  ["imap.example.com", "imap.example.com"],
  [" IMAP.Example.COM. ", "imap.example.com"],
  ["bücher.example", "xn--bcher-kva.example"],
  ["localhost", "localhost"],
  ["my_server.test", "my_server.test"],
  ["192.0.2.1", "192.0.2.1"],
  ["0x7f000001", "127.0.0.1"],
  ["2130706433", "127.0.0.1"],
  ["2001:DB8::1", "2001:db8::1"],
  ["[2001:db8::1]", "2001:db8::1"],
  ["::ffff:127.0.0.1", "::ffff:7f00:1"],
])("imapHost takes %j as %j", (text, host) => {
  expect(v.parse(imapHost, text)).toBe(host);
});

test.each([
  "",
  "  ",
  "imap.example.com:993",
  "imap.example.com:",
  "[::1]:993",
  "imaps://imap.example.com",
  "user@imap.example.com",
  "imap.example.com/INBOX",
  "a b",
  "a..b",
  ".",
  "1.2.3.4.5",
  "*.example.com",
  "imap%2eexample.com",
  "imap\u0000.example.com",
  "x".repeat(254),
  "x.".repeat(128),
])("imapHost refuses %j", (text) => {
  expect(v.safeParse(imapHost, text).issues?.[0]?.message).toBe(
    "must be a host name or an IP address",
  );
});
