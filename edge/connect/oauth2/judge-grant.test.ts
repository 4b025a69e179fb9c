import { expect, test } from "vitest";
import { type Grant, judgeGrant } from "./judge-grant.ts";

const MAIL = "https://mail.test/Read";
const refresh_token = "r";

test.each<[what: string, grant: Grant, mailScope: string | null]>([
  ["no scope, which is the one asked for", { refresh_token }, MAIL],
  ["the mail scope among others", { refresh_token, scope: `openid ${MAIL} email` }, MAIL],
  ["scopes with commas between them", { refresh_token, scope: `openid,${MAIL}` }, MAIL],
  ["scopes with more blanks than one", { refresh_token, scope: `openid  ${MAIL}\n` }, MAIL],
  ["the mail scope in another spelling", { refresh_token, scope: "https://mail.test/read" }, MAIL],
  ["any scope of a provider without a mail scope", { refresh_token, scope: "x" }, null],
])("judgeGrant() takes a grant with %s", (_what, grant, mailScope) => {
  expect(judgeGrant(grant, mailScope)).toBe("r");
});

test.each<[what: string, grant: Grant, code: string]>([
  ["without the mail scope", { refresh_token, scope: "openid email" }, "insufficient_scope"],
  ["with a longer scope only", { refresh_token, scope: `${MAIL}.Basic` }, "insufficient_scope"],
  ["without a refresh token", { scope: MAIL }, "no_refresh_token"],
  ["with nothing", {}, "no_refresh_token"],
])("judgeGrant() refuses a grant %s", (_what, grant, code) => {
  expect(() => judgeGrant(grant, MAIL)).toThrow(expect.objectContaining({ code }));
});
