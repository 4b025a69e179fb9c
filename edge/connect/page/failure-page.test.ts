import { type Context, Hono } from "hono";
import { expect, test } from "vitest";
import { createLog } from "../../../shared/log.ts";
import type { AppEnv } from "../../app-env.ts";
import { ConnectFailure, type FailureCode } from "../failures.ts";
import { tellingFailures } from "../finish.ts";
import { Refusal, type RefusalCode, REFUSALS } from "../refusals.ts";
import { PAGE_LANGUAGES } from "../words/choose-language.ts";
import { en } from "../words/en.ts";
import { PAGE_WORDS } from "../words/words.ts";
import { errorStatusPage, refusalPage } from "./failure-page.ts";
import type { LinkContext } from "./link-context.ts";

const LINK = "https://mail.test/connect/x.y.z?lang=de";
const FAILURE = "https://app.test/failed";
const context: LinkContext = {
  partner: {
    ...{ id: "prt_1", name: "Acme & Sons", allowedOrigins: [] },
    ...{ successUrl: null, failureUrl: null, privacyUrl: null, termsUrl: null },
    ...{ websiteUrl: null, accentColor: null, logoDigest: null },
    ...{ consentPage: true, providerChoice: false },
  },
  ...{ email: "olga@x.test", failure: FAILURE, link: LINK },
};

/** Answers a request whose link is known, or not, with a page. */
async function show(
  page: (c: Context<AppEnv>) => Promise<Response>,
  { linkContext, language = "en" }: { linkContext?: LinkContext; language?: string } = {},
) {
  const app = new Hono<AppEnv>().get("/connect/x", (c) => {
    c.set(
      "log",
      createLog(() => undefined),
    );
    if (linkContext) c.set("linkContext", linkContext);
    return page(c);
  });
  const headers = { "accept-language": language };
  const answer = await app.request("/connect/x?a=1", { headers });
  const text = (await answer.text()).replaceAll("&#39;", "'");
  const retry = />Try again<\/a>/.test(text)
    ? /<a href="([^"]*)"[^>]*>Try again/.exec(text)?.[1]
    : null;
  const back = /<a href="([^"]*)"[^>]*>Back to <bdi>Acme &amp; Sons<\/bdi>/.exec(text)?.[1] ?? null;
  const error = back && new URL(back.replaceAll("&amp;", "&")).searchParams.get("error");
  return { status: answer.status, headers: answer.headers, text, retry, back, error };
}

const refusals = Object.keys(REFUSALS).filter((code): code is RefusalCode => code in REFUSALS);

test.each(refusals)(
  "the page of the refusal %s leads back, and to the link if it can work",
  async (code) => {
    const rule = REFUSALS[code];
    const shown = await show((c) => refusalPage(c, new Refusal(code)), { linkContext: context });
    expect(shown).toMatchObject({
      ...{ status: rule.status, error: rule.error },
      retry: rule.canRetry ? LINK : null,
    });
    expect(shown.text).toContain(en.refusals[code].text);
    const unknown = await show((c) => refusalPage(c, new Refusal(code)));
    expect(unknown).toMatchObject({ status: rule.status, retry: null, back: null });
  },
);

test("each refusal has its own code", () => {
  const codes = refusals.map((code) => REFUSALS[code].error);
  expect(new Set([...codes, ...Object.keys(en.failures)]).size).toBe(
    codes.length + Object.keys(en.failures).length,
  );
});

const failures = Object.keys(en.failures).filter(
  (code): code is FailureCode => code in en.failures,
);
const failWith = (c: Context<AppEnv>, code: FailureCode, failure: string | null) =>
  tellingFailures(c, { failure }, () => Promise.reject(new ConnectFailure(code, "log")));

test.each(failures)(
  "without a failure callback, the page of %s offers to try again",
  async (code) => {
    const linkContext = { ...context, failure: null };
    const shown = await show((c) => failWith(c, code, null), { linkContext });
    expect(shown).toMatchObject({
      status: code === "temporarily_unavailable" ? 503 : 422,
      retry: LINK,
    });
    expect(shown.text).toContain(
      code === "wrong_account" ? "Use <bdi>olga@x.test</bdi>." : en.failures[code],
    );
  },
);

test.each(failures)("the failure callback gets the code %s", async (code) => {
  const shown = await show((c) => failWith(c, code, FAILURE), { linkContext: context });
  const target = new URL(shown.headers.get("location") ?? "");
  expect(Object.fromEntries(target.searchParams)).toEqual({
    error: code,
    error_description: en.failures[code],
  });
});

test.each([
  [400, "invalid_request", en.errors.unreadable],
  [413, "invalid_request", en.errors.unreadable],
  [429, "temporarily_unavailable", en.errors.later],
  [500, "server_error", en.errors.later],
  [503, "temporarily_unavailable", en.errors.later],
  [504, "temporarily_unavailable", en.errors.later],
])(
  "the page of the status %i offers to try again, also without a known link",
  async (status, error, text) => {
    const shown = await show((c) => errorStatusPage(c, status), { linkContext: context });
    expect(shown).toMatchObject({ status, error, retry: LINK });
    expect(shown.text).toContain(text);
    const unknown = await show((c) => errorStatusPage(c, status));
    expect(unknown).toMatchObject({ status, retry: "/connect/x?a=1", back: null });
  },
);

test.each(PAGE_LANGUAGES)("a page in %s says its language", async (language) => {
  const page = (c: Context<AppEnv>) => refusalPage(c, new Refusal("expired"));
  const { headers, text } = await show(page, { linkContext: context, language });
  const { title } = PAGE_WORDS[language].refusals.expired;
  expect(text).toContain(`<html lang="${language}">`);
  expect(text).toContain(`<title>${title}</title>`);
  expect(headers.get("content-language")).toBe(language);
  expect(headers.get("vary")).toBe("accept-language");
});
