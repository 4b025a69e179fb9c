import { readFile } from "node:fs/promises";
import { Hono } from "hono";
import { expect, test } from "vitest";
import { AppError } from "../shared/errors.ts";
import { createLog } from "../shared/log.ts";
import type { AppEnv } from "./app-env.ts";
import { onError, PROBLEMS, problem } from "./problem.ts";

/** Runs an app whose only route fails, and returns the answer and the log lines. */
async function answerTo(error: Error) {
  const lines: string[] = [];
  const app = new Hono<AppEnv>()
    .use(async (c, next) => {
      c.set(
        "log",
        createLog((line) => lines.push(line)),
      );
      await next();
    })
    .get("/", () => {
      throw error;
    });
  app.onError(onError);
  return { response: await app.request("/"), lines };
}

test("problem() is an RFC 9457 body whose status is the answer's", async () => {
  const response = problem("conflict", {
    detail: "Cannot do it",
    errors: [{ pointer: "/tag", detail: "is taken" }],
  });
  expect(response.status).toBe(409);
  expect(response.headers.get("content-type")).toBe("application/problem+json");
  expect(await response.json()).toEqual({
    type: "/docs/errors#conflict",
    title: PROBLEMS.conflict.title,
    status: 409,
    code: "conflict",
    detail: "Cannot do it",
    errors: [{ pointer: "/tag", detail: "is taken" }],
  });
});

test("an expected failure is answered with its words and not logged", async () => {
  const { response, lines } = await answerTo(new AppError("unauthorized", "Send a key"));
  expect(response.status).toBe(401);
  expect(response.headers.get("www-authenticate")).toBe("ApiKey");
  expect(await response.json()).toMatchObject({ code: "unauthorized", detail: "Send a key" });
  expect(lines).toEqual([]);
});

test("a bug is logged, and the answer contains no internals", async () => {
  const { response, lines } = await answerTo(new Error("Cannot read secret.txt"));
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain("secret.txt");
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain("Cannot read secret.txt");
  expect(lines[0]).toContain('"event":"request.failed"');
});

test("docs/errors.md has a section for each code", async () => {
  const page = await readFile(new URL("../docs/errors.md", import.meta.url), "utf8");
  const missing = Object.entries(PROBLEMS).filter(
    ([code, { status }]) => !page.includes(`\n### ${status} ${code}\n\n`),
  );
  expect(missing).toEqual([]);
});
