import * as v from "valibot";
import { expect, test } from "vitest";
import {
  DEFAULT_WEBHOOK_PORTS,
  webhookPorts,
  webhookUrl,
  webhookUrlFault,
  type WebhookUrlRules,
} from "./webhook-url.ts";

const PRODUCTION: WebhookUrlRules = {
  ports: v.parse(webhookPorts, DEFAULT_WEBHOOK_PORTS),
  allowsHttp: false,
  allowsPrivateHosts: false,
};
const DEVELOPMENT = { ...PRODUCTION, allowsPrivateHosts: true };

const HTTPS = "must be an address that begins with https://";
const PORTS = "must have one of the ports 80, 443, 8080, 8443";
const HOST = "must have a public host";
const SPACES = "must have no spaces, control characters or backslashes";

test.each([
  "https://example.com",
  "https://example.com/hooks?a=1&b=%0d%0a",
  "HTTPS://EXAMPLE.COM/",
  "https://example.com:443/",
  "https://example.com:8443/",
  "https://me:p%40ss@example.com/",
  "https://bücher.example/",
  "https://example.com./",
  "https://1.1.1.1/",
  "https://[2606:4700:4700::1111]/",
  "https://internal.example.com/",
])("%s is the address of a webhook", (text) => {
  expect(webhookUrlFault(text, PRODUCTION)).toBeNull();
});

test.each([
  ["http://example.com/", HTTPS],
  ["ftp://example.com/", HTTPS],
  ["javascript:alert(1)", HTTPS],
  ["https:example.com", HTTPS],
  ["https:///example.com", HTTPS],
  ["//example.com/", HTTPS],
  ["example.com", HTTPS],
  ["", HTTPS],
  ["https://", HTTPS],
  ["https://exa mple.com/", SPACES],
  ["https://example.com/\r\nX-Injected: 1", SPACES],
  ["https://exam\tple.com/", SPACES],
  ["https://example.com/\0", SPACES],
  ["https://example.com/\u0085", SPACES],
  [" https://example.com/", SPACES],
  ["https:\\\\example.com\\", SPACES],
  ["https://example.com\\@127.0.0.1/", SPACES],
  ["https://example.com/#part", "must have no fragment"],
  ["https://example.com/#", "must have no fragment"],
  [
    "https://me:%zz@example.com/",
    "must have a percent sign written as %25 in its user name and password",
  ],
  ["https://example.com:22/", PORTS],
  ["https://example.com:25/", PORTS],
  ["https://example.com:6379/", PORTS],
  ["https://example.com:99999/", HTTPS],
  ["https://127.0.0.1/", HOST],
  ["https://0x7f000001/", HOST],
  ["https://0X7F.1/", HOST],
  ["https://2130706433/", HOST],
  ["https://017700000001/", HOST],
  ["https://127.1/", HOST],
  ["https://127.0.0.1./", HOST],
  ["https://0/", HOST],
  ["https://①②⑦.⓪.⓪.①/", HOST],
  ["https://127。0。0。1/", HOST],
  ["https://%31%32%37.0.0.1/", HOST],
  ["https://[::1]/", HOST],
  ["https://[::]/", HOST],
  ["https://[::ffff:7f00:1]/", HOST],
  ["https://[::ffff:127.0.0.1]/", HOST],
  ["https://[64:ff9b::7f00:1]/", HOST],
  ["https://[fdaa::3]/", HOST],
  ["https://[fe80::1]/", HOST],
  ["https://169.254.169.254/latest/meta-data/", HOST],
  ["https://10.1.2.3/", HOST],
  ["https://100.64.0.1/", HOST],
  ["https://172.16.0.1/", HOST],
  ["https://192.168.0.1/", HOST],
  ["https://me:secret@127.0.0.1/", HOST],
  ["https://example.com@127.0.0.1/", HOST],
  ["https://localhost/", HOST],
  ["https://LOCALHOST./", HOST],
  ["https://a.localhost/", HOST],
  ["https://db.internal/", HOST],
  ["https://metadata.google.internal/", HOST],
  ["https://app.flycast/", HOST],
  [`https://example.com/${"a".repeat(2_048)}`, "must have at most 2048 characters"],
])("%j is refused: %s", (text, fault) => {
  expect(webhookUrlFault(text, PRODUCTION)).toBe(fault);
});

test.each(["http://127.0.0.1:4567/", "http://localhost:3000/", "https://[::1]:9000/"])(
  "%s is the address of a webhook in development only",
  (text) => {
    expect(webhookUrlFault(text, DEVELOPMENT)).toBeNull();
    expect(webhookUrlFault(text, PRODUCTION)).not.toBeNull();
  },
);

test.each([
  ["ftp://127.0.0.1/", "must be an address that begins with https:// or http://"],
  ["http://127.0.0.1/\r\n", SPACES],
  ["http://127.0.0.1/#x", "must have no fragment"],
])("%j is refused in development, too", (text, fault) => {
  expect(webhookUrlFault(text, DEVELOPMENT)).toBe(fault);
});

test("http is accepted if it is allowed, but not to private hosts", () => {
  const rules = { ...PRODUCTION, allowsHttp: true };
  expect(webhookUrlFault("http://example.com/", rules)).toBeNull();
  expect(webhookUrlFault("http://example.com:8080/", rules)).toBeNull();
  expect(webhookUrlFault("http://127.0.0.1/", rules)).toBe(HOST);
});

test("webhookUrl() describes the fault without repeating the address", () => {
  const result = v.safeParse(webhookUrl(PRODUCTION), "https://me:hunter2@localhost/");
  expect(result.issues?.map(({ message }) => message)).toEqual([HOST]);
  expect(JSON.stringify(result.issues?.map(({ input }) => input))).not.toContain("hunter2");
  expect(v.is(webhookUrl(PRODUCTION), 42)).toBe(false);
  expect(v.parse(webhookUrl(PRODUCTION), "https://example.com/a")).toBe("https://example.com/a");
});

test.each(["", "443,", "a", "25", "443,22", "1023", "65536", "-1", "443 ,80", "0"])(
  "webhookPorts refuses %j",
  (text) => {
    expect(v.is(webhookPorts, text)).toBe(false);
  },
);

test("webhookPorts takes ports that need no privilege", () => {
  expect(v.parse(webhookPorts, "443,1024,65535")).toEqual([443, 1_024, 65_535]);
});
