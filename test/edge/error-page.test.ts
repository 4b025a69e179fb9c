import { expect, test } from "vitest";
import * as v from "valibot";
import { ALL_PROBLEMS, PROBLEMS } from "../../edge/problem.ts";
import { REASON_CODES } from "../../shared/users/reasons.ts";
import { useEdge } from "./use-edge.ts";

const edge = useEdge();

async function readPage() {
  const response = await fetch(`${edge.stack().url}/docs/errors`);
  const page = await response.text();
  return { response, page, ids: [...page.matchAll(/ id="([^"]+)"/g)].map(([, id = ""]) => id) };
}

const shownProblem = v.object({ type: v.string(), code: v.string() });

/** Sends a request that the edge refuses. Returns the body of the answer. */
async function readRefusal(path: string, init: RequestInit = {}) {
  const response = await fetch(`${edge.stack().url}${path}`, init);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  return v.parse(shownProblem, await response.json());
}

test("the type of a problem is the address of its code's section, whatever refuses the request", async () => {
  const { url } = edge.stack();
  const refusals = await Promise.all([
    readRefusal("/nothing"),
    readRefusal("/api/v1/connections"),
    readRefusal("/docs/errors", { method: "POST" }),
    readRefusal("/admin/api/session"),
    readRefusal("/admin/api/session", { method: "POST", body: "<a/>", headers: { origin: url } }),
  ]);
  expect(refusals.map(({ code }) => code)).toEqual([
    "not-found",
    "unauthorized",
    "method-not-allowed",
    "sign-in-required",
    "unsupported-media-type",
  ]);
  for (const { type, code } of refusals) expect(type).toBe(`${url}/docs/errors#${code}`);
});

const namedExamples = v.object({
  components: v.object({
    responses: v.record(
      v.string(),
      v.object({
        content: v.object({ "application/problem+json": v.object({ example: shownProblem }) }),
      }),
    ),
  }),
});

test("the OpenAPI document's examples have the types that the API answers", async () => {
  const { url } = edge.stack();
  const document: unknown = await (await fetch(`${url}/api/v1/openapi.json`)).json();
  const { responses } = v.parse(namedExamples, document).components;
  expect(Object.keys(responses)).toContain("not-found");
  for (const [code, { content }] of Object.entries(responses)) {
    expect(content["application/problem+json"].example.type).toBe(`${url}/docs/errors#${code}`);
  }
});

test("GET /docs/errors has an anchor for every code and every reason, and no two are the same", async () => {
  const { response, ids } = await readPage();
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(new Set(ids).size).toBe(ids.length);
  for (const code of Object.keys(ALL_PROBLEMS)) expect(ids).toContain(code);
  for (const reason of REASON_CODES) {
    const isOfProblem = Object.hasOwn(PROBLEMS, reason);
    expect(ids).toContainEqual(
      isOfProblem ? expect.stringMatching(new RegExp(`^[a-z_]+-${reason}$`)) : reason,
    );
  }
});

test("GET /docs/errors is the same page for a browser that navigates to it", async () => {
  const { page } = await readPage();
  const navigated = await fetch(`${edge.stack().url}/docs/errors`, {
    headers: { accept: "text/html,*/*;q=0.8", "sec-fetch-mode": "navigate" },
  });
  expect(await navigated.text()).toBe(page);
});

test("GET /docs/errors runs no script, and leads only to what the edge serves", async () => {
  const { url } = edge.stack();
  const { response, page, ids } = await readPage();
  expect(response.headers.get("content-security-policy")).toBe(
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
  );
  expect(page).not.toMatch(/<script|<style| style=| src=/);
  const links = [...page.matchAll(/ href="([^"]+)"/g)].map(([, path = ""]) => path);
  expect(links).toContain("/docs");
  for (const link of links) {
    if (link.startsWith("#")) {
      expect(ids).toContain(link.slice(1));
      continue;
    }
    expect(link).toMatch(/^\/[^/]/);
    const file = await fetch(`${url}${link}`);
    expect([link, file.status]).toEqual([link, 200]);
    await file.body?.cancel();
  }
});
