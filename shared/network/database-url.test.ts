import * as v from "valibot";
import { expect, test } from "vitest";
import { isPrivateHost, tcpDatabaseUrl, usesTls, withoutTlsParameters } from "./database-url.ts";

const at = (host: string, query = "") => `postgres://u:p@${host}/db${query}`;

test.each([
  ["ep-x.aws.neon.tech", "", undefined, true],
  ["ep-x.aws.neon.tech", "?sslmode=require&channel_binding=require", undefined, true],
  ["ep-x.aws.neon.tech", "?sslmode=disable", undefined, false],
  ["8.8.8.8:5433", "", undefined, true],
  ["127.0.0.1:5433", "", undefined, false],
  ["127.0.0.1:5433", "?sslmode=verify-full", undefined, true],
  ["127.0.0.1", "", "ca.pem", true],
  ["db.internal", "", undefined, false],
  ["db", "", undefined, false],
  ["db.internal", "?application_name=x", "ca.pem", true],
  ["db.internal", "?sslmode=disable", "ca.pem", false],
])("%s%s with the authority %s: TLS is %s", (host, query, caFile, expected) => {
  expect(usesTls(at(host, query), caFile)).toBe(expected);
});

test.each([
  ["127.0.0.1", true],
  ["[::1]", true],
  ["localhost", true],
  ["10.1.2.3", true],
  ["172.16.0.1", true],
  ["192.168.1.1:6432", true],
  ["[fdaa:0:1::3]", true],
  ["db.internal", true],
  ["db", true],
  ["my-app.flycast", true],
  ["8.8.8.8", false],
  ["172.32.0.1", false],
  ["[2a00:1450::5]", false],
  ["db.example.com", false],
  ["internal.example.com", false],
])("%s is private: %s", (host, expected) => {
  expect(isPrivateHost(at(host))).toBe(expected);
});

test.each(["", "?sslmode=require", "?sslmode=verify-full&sslrootcert=system", "?sslmode=disable"])(
  "an address with %s is taken",
  (query) => {
    expect(v.parse(tcpDatabaseUrl, at("db.test", query))).toBe(at("db.test", query));
  },
);

test.each([
  [at("db.test", "?sslmode=prefer"), "must have sslmode=verify-full or require or disable"],
  [at("db.test", "?sslmode="), "must have sslmode=verify-full or require or disable"],
  [at("db.test", "?sslmode=no-verify"), "must have sslmode=verify-full or require or disable"],
  [at("db.test", "?sslrootcert=/etc/ca.pem"), "must have none of sslrootcert, sslcert"],
  [at("db.test", "?sslcert=system"), "must have none of sslrootcert, sslcert"],
  [at("db.test", "?sslmode=require&sslkey=/key"), "must have none of sslrootcert, sslcert"],
  ["mysql://db.test", "must be an address that begins with postgres://"],
  ["nowhere", "must be an address that begins with postgres://"],
])("%s is refused", (url, wanted) => {
  expect(v.safeParse(tcpDatabaseUrl, url).issues?.[0].message).toContain(wanted);
});

test("the other parameters of an address are kept, and its password", () => {
  const url =
    "postgres://u:p%40%2F%3A@db.test:6432/db?sslmode=require&options=-c%20x%3Dy&sslrootcert=system";
  const rest = new URL(withoutTlsParameters(url));
  expect([...rest.searchParams]).toEqual([["options", "-c x=y"]]);
  expect(decodeURIComponent(rest.password)).toBe("p@/:");
  expect(rest.host).toBe("db.test:6432");
});

test.each([
  ["mysql://u:p@host/db", "must be an address that begins with postgres:// or postgresql://"],
  ["postgres://u:pa/ss@host/db", "percent-encode special characters of the password"],
  ["postgres://u:pa#ss@host/db", "percent-encode special characters of the password"],
  ["postgres://u:pa?ss@host/db", "percent-encode special characters of the password"],
  ["postgres://u:100%@host/db", "percent-encode special characters of the password"],
])("%s is refused with what to correct, and without its value", (url, expected) => {
  const { issues = [] } = v.safeParse(tcpDatabaseUrl, url);
  expect(issues.map(({ message }) => message)).toEqual([expect.stringContaining(expected)]);
});
