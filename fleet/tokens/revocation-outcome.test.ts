import { expect, test } from "vitest";
import { judgeRevocation, type RevocationOutcome } from "./revocation-outcome.ts";

const cases: [name: string, status: number, body: string, outcome: RevocationOutcome][] = [
  ["a success", 200, "", { kind: "revoked" }],
  ["a token that is dead already", 400, '{"error":"invalid_token"}', { kind: "revoked" }],
  [
    "a client that may not",
    401,
    '{"error":"invalid_client"}',
    { kind: "refused", error: "invalid_client" },
  ],
  [
    "a server that knows no such thing",
    400,
    '{"error":"unsupported_token_type"}',
    { kind: "refused", error: "unsupported_token_type" },
  ],
  [
    "a server that is down",
    503,
    '{"error":"invalid_client"}',
    { kind: "again", error: "status 503" },
  ],
  ["too many requests", 429, "", { kind: "again", error: "status 429" }],
  ["what nobody understands", 400, "<html>", { kind: "again", error: "status 400" }],
  ["a redirect", 302, "", { kind: "again", error: "status 302" }],
];

test.each(cases)("judgeRevocation() knows %s", (_name, status, body, outcome) => {
  expect(judgeRevocation({ status, body })).toEqual(outcome);
});
