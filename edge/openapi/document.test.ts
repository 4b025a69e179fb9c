import { Hono } from "hono";
import { expect, test } from "vitest";
import type { AppEnv } from "../app-env.ts";
import { openApiDocument } from "./document.ts";

const URL = "https://mail.test";

test("the document is built once, and of another address it is another", async () => {
  const app = new Hono<AppEnv>();
  const document = await openApiDocument(app, URL);
  expect(await openApiDocument(app, URL)).toBe(document);
  const other = await openApiDocument(app, "https://other.test");
  expect(other.servers).toEqual([{ url: "https://other.test" }]);
});
