import { expect, test } from "vitest";
import { readForm } from "./form-fields.ts";

const account = { login: " me@x.test ", password: " pass word " };
const server = { host: " Imap.X.Test ", port: " 993 ", security: "tls" };

test("readForm() reads a login as typed, without surrounding blanks", () => {
  expect(readForm(account, false)).toEqual({
    given: { login: "me@x.test", password: " pass word ", server: null },
  });
});

test("readForm() takes a server where each user has one", () => {
  expect(readForm({ ...account, ...server }, true)).toEqual({
    given: {
      login: "me@x.test",
      password: " pass word ",
      server: { host: "imap.x.test", port: 993, security: "tls" },
    },
  });
});

test.each([
  ["me@gmx.de", { host: "imap.gmx.net", port: 993, security: "tls" }],
  ["me@Gmail.com", { host: "imap.gmail.com", port: 993, security: "tls" }],
])("readForm() knows the server of %s", (login, expected) => {
  const earlier = { host: "Imap.mail.me.com", port: "993", security: "tls" };
  for (const typed of [{ host: " ", port: "143", security: "starttls" }, {}, earlier]) {
    expect(readForm({ ...account, login, ...typed }, true)).toMatchObject({
      given: { server: expected },
    });
  }
  expect(readForm({ ...account, login, ...server }, true)).toMatchObject({
    given: { server: { host: "imap.x.test" } },
  });
  const own = { ...server, host: expected.host, security: "starttls" };
  expect(readForm({ ...account, login, ...own }, true)).toMatchObject({
    given: { server: { ...expected, security: "starttls" } },
  });
});

test("readForm() leaves out a server where the provider has one", () => {
  expect(readForm({ ...account, ...server }, false)).toMatchObject({ given: { server: null } });
});

test.each([
  ["no login", { password: "x" }, "login"],
  ["a blank login", { ...account, login: "  " }, "login"],
  ["a login with a line break", { ...account, login: "a\r\nb" }, "login"],
  ["an endless login", { ...account, login: "a".repeat(321) }, "login"],
  ["no password", { login: "x" }, "password"],
  ["an empty password", { ...account, password: "" }, "password"],
  ["a password with a NUL", { ...account, password: "hunter2\0" }, "password"],
  ["a password that is no text", { ...account, password: 1 }, "password"],
])("readForm() refuses %s and does not repeat it", (_what, body, field) => {
  const read = readForm(body, false);
  expect(read).toEqual({ faults: { [field]: expect.any(String) } });
  expect(JSON.stringify(read)).not.toContain("hunter2");
});

test.each([
  ["no host", { host: "" }, "host"],
  ["an address of a page", { host: "https://x.test/" }, "host"],
  ["a host with a port", { host: "x.test:993" }, "host"],
  ["a host with blanks", { host: "x test" }, "host"],
  ["no port", { port: "" }, "port"],
  ["a port that is no number", { port: "9e2" }, "port"],
  ["port 0", { port: "0" }, "port"],
  ["a port that is too high", { port: "65536" }, "port"],
  ["no security", { security: "none" }, "security"],
])("readForm() refuses %s", (_what, wrong, field) => {
  expect(readForm({ ...account, ...server, ...wrong }, true)).toEqual({
    faults: { [field]: expect.any(String) },
  });
});

test("readForm() says that a host is no host", () => {
  expect(readForm({ ...account, ...server, host: "x test" }, true)).toEqual({
    faults: { host: "host_invalid" },
  });
});

test.each([[null], ["text"], [[1]], [{}]])("readForm() refuses %j", (body) => {
  const faults = { login: expect.any(String), password: expect.any(String) };
  expect(readForm(body, false)).toEqual({ faults });
});
