import { expect, test } from "vitest";
import { parseBearer, parseLogin } from "./initial-response.ts";

const ALICE = { login: "alice@demo.test", accessToken: "abc" };

test.each([
  ["XOAUTH2", "user=alice@demo.test\x01auth=Bearer abc\x01\x01", ALICE],
  ["XOAUTH2", "user=alice@demo.test\x01auth=Bearer abc\x01", undefined],
  ["XOAUTH2", "user=\x01auth=Bearer abc\x01\x01", undefined],
  ["XOAUTH2", "user=alice@demo.test\x01auth=abc\x01\x01", undefined],
  ["XOAUTH2", "", undefined],
  ["OAUTHBEARER", "n,a=alice@demo.test,\x01auth=Bearer abc\x01\x01", ALICE],
  ["OAUTHBEARER", "n,a=alice@demo.test,\x01host=h\x01port=1\x01auth=Bearer abc\x01\x01", ALICE],
  [
    "OAUTHBEARER",
    "n,a=a=2Cb=3D,\x01auth=Bearer abc\x01\x01",
    { login: "a,b=", accessToken: "abc" },
  ],
  ["OAUTHBEARER", "n,a=alice@demo.test,\x01auth=Bearer abc\x01auth=Bearer abd\x01\x01", undefined],
  ["OAUTHBEARER", "n,,\x01auth=Bearer abc\x01\x01", undefined],
  ["OAUTHBEARER", "n,a=alice@demo.test,\x01auth=Bearer abc\x01", undefined],
  ["OAUTHBEARER", "user=alice@demo.test\x01auth=Bearer abc\x01\x01", undefined],
] as const)("%s %j is read as %j", (mechanism, response, expected) => {
  expect(parseBearer(mechanism, response)).toEqual(expected);
});

test.each([
  ['GET https://mail.google.com/mail/b/alice@demo.test/imap/ oauth_token="a"', "alice@demo.test"],
  ['GET https://mail.demo.test/b/alice%40demo.test/imap/ oauth_token="a"', "alice@demo.test"],
  ["GET https://mail.demo.test/b/alice/smtp/ a", undefined],
  ["POST https://mail.demo.test/b/alice/imap/ a", undefined],
  ["", undefined],
])("the request %j is for %j", (request, login) => {
  expect(parseLogin(request)).toBe(login);
});
