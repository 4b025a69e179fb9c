import { expect, test } from "vitest";
import { judgeTokenAnswer, type TokenAnswer } from "./token-answer.ts";

const issued = {
  kind: "issued",
  accessToken: "at",
  lifetimeMs: 3_600_000,
  refreshToken: null,
} as const;
const withdrawn = { kind: "refused", reason: "consent_withdrawn" } as const;
const incomplete = { kind: "refused", reason: "consent_incomplete" } as const;
const wrongClient = { kind: "refused", reason: "client_refused" } as const;
const outage = (found: string, retryAfterMs: number | null = null): TokenAnswer => ({
  kind: "unavailable",
  found,
  retryAfterMs,
});
const NO_TOKEN = "an answer without an access token";

type Answer = [status: number, body: unknown, retryAfter?: string];
const cases: [name: string, answer: Answer, meaning: TokenAnswer][] = [
  ["a token", [200, { access_token: "at", expires_in: 3_600, token_type: "Bearer" }], issued],
  [
    "a token whose lifetime is a text",
    [200, { access_token: "at", expires_in: "60" }],
    { ...issued, lifetimeMs: 60_000 },
  ],
  ["a token without a lifetime", [200, { access_token: "at" }], issued],
  [
    "a token that would live for a year",
    [200, { access_token: "at", expires_in: 31_536_000 }],
    { ...issued, lifetimeMs: 86_400_000 },
  ],
  [
    "a rotated refresh token",
    [200, { access_token: "at", expires_in: 3_600, refresh_token: "rt" }],
    { ...issued, refreshToken: "rt" },
  ],
  ["a withdrawn consent", [400, { error: "invalid_grant" }], withdrawn],
  ["a second factor that is wanted", [400, { error: "interaction_required" }], incomplete],
  ["a scope that is not granted", [400, { error: "invalid_scope" }], incomplete],
  ["a wrong client secret", [401, { error: "invalid_client" }], wrongClient],
  ["a client without this grant", [400, { error: "unauthorized_client" }], wrongClient],
  ["no answer that is JSON", [200, "<html>"], outage(NO_TOKEN)],
  ["an empty token", [200, { access_token: "" }], outage(NO_TOKEN)],
  ["a life that is no number", [200, { access_token: "at", expires_in: "soon" }], issued],
  ["a life that is null", [200, { access_token: "at", expires_in: null }], issued],
  ["a life of nothing", [200, { access_token: "at", expires_in: 0 }], issued],
  ["an empty refresh token", [200, { access_token: "at", refresh_token: "" }], issued],
  [
    "fields that all say nothing",
    [
      200,
      {
        access_token: "at",
        token_type: null,
        expires_in: "",
        refresh_token: null,
        scope: null,
        id_token: "",
        error: null,
      },
    ],
    issued,
  ],
  [
    "a refusal beside an empty token",
    [400, { error: "invalid_grant", error_description: null, access_token: "" }],
    withdrawn,
  ],
  ["a refusal that comes with 200", [200, { error: "invalid_grant" }], withdrawn],
  ["an unknown error that comes with 200", [200, { error: "slow_down" }], outage(NO_TOKEN)],
  ["an error that is null", [400, { error: null }], outage("status 400")],
  ["an error inside", [500, { error: "invalid_grant" }], outage("status 500")],
  ["a server that is overloaded", [503, "", "120"], outage("status 503", 120_000)],
  ["too many requests", [429, { error: "invalid_grant" }, "7200"], outage("status 429", 3_600_000)],
  ["a date to come back at", [429, "", "Sun, 22 Nov 2026 15:04:05 GMT"], outage("status 429")],
  ["an error that nobody knows", [400, { error: "no_such_error" }], outage("status 400")],
  ["a request that was not understood", [400, { error: "invalid_request" }], outage("status 400")],
  ["a page of a firewall", [403, "<html>"], outage("status 403")],
  ["a redirect", [302, ""], outage("status 302")],
];

test.each(cases)(
  "judgeTokenAnswer() knows %s",
  (_name, [status, body, retryAfter = null], meaning) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    expect(judgeTokenAnswer({ status, body: text, retryAfter })).toEqual(meaning);
  },
);
