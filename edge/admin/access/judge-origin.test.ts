import { expect, test } from "vitest";
import { judgeOrigin } from "./judge-origin.ts";

const OWN = "https://mail.test";

test.each([
  ["GET", undefined, undefined],
  ["GET", undefined, "same-origin"],
  ["GET", undefined, "none"],
  ["GET", OWN, "same-origin"],
  ["HEAD", undefined, undefined],
  ["POST", OWN, undefined],
  ["POST", OWN, "same-origin"],
  ["DELETE", OWN, "same-origin"],
])("%s with Origin %j and Sec-Fetch-Site %j is our own", (method, origin, site) => {
  expect(judgeOrigin({ method, origin, site }, OWN)).toBeUndefined();
});

test.each([
  ["GET", "https://evil.test", undefined, "Origin is a different"],
  ["GET", undefined, "cross-site", "Sec-Fetch-Site"],
  ["GET", undefined, "same-site", "Sec-Fetch-Site"],
  ["POST", undefined, undefined, "no Origin"],
  ["POST", undefined, "same-origin", "no Origin"],
  ["POST", OWN, "none", "Sec-Fetch-Site"],
  ["POST", OWN, "cross-site", "Sec-Fetch-Site"],
  ["POST", "null", "same-origin", "Origin is a different"],
  ["POST", "http://mail.test", undefined, "Origin is a different"],
  ["POST", "https://mail.test:8443", undefined, "Origin is a different"],
  ["POST", "https://mail.test.evil.test", undefined, "Origin is a different"],
  ["PATCH", undefined, undefined, "no Origin"],
  ["DELETE", undefined, undefined, "no Origin"],
  ["OPTIONS", "https://evil.test", "cross-site", "Origin is a different"],
])("%s with Origin %j and Sec-Fetch-Site %j is not", (method, origin, site, why) => {
  expect(judgeOrigin({ method, origin, site }, OWN)).toContain(why);
});
