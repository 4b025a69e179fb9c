import { expect, test } from "vitest";
import { toReturnPath } from "./return-path.ts";

const OWN = "https://mail.test";

test.each([
  ["/admin/", "/admin/"],
  ["/admin/users?state=auth_failed", "/admin/users?state=auth_failed"],
  ["https://mail.test/admin/users", "/admin/users"],
  ["/admin/./users", "/admin/users"],
])("after the sign-in, %s is opened", (asked, path) => {
  expect(toReturnPath(asked, OWN)).toBe(path);
});

test.each([
  "",
  "https://evil.test/admin/",
  "//evil.test/admin/",
  "/\\evil.test/admin/",
  "/admin/..//evil.test",
  "/admin/../api/v1/users",
  "https://mail.test@evil.test/admin/",
  "http://mail.test/admin/",
  "javascript:alert(1)",
  "/admin/api/session",
  "/admin/sso/callback",
  "/adminx",
])("instead of %j, the first page is opened", (asked) => {
  expect(toReturnPath(asked, OWN)).toBe("/admin/");
});
