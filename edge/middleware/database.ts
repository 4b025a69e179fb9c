import { createMiddleware } from "hono/factory";
import { openDatabase } from "../../db/client.ts";
import type { AppEnv } from "../app-env.ts";

/** People and partners wait for the answer: they get a 503 while they still do. */
const TIMEOUT_MS = 15_000;

/** A database for the length of one request; it connects at the first query. */
export const database = createMiddleware<AppEnv>(async (c, next) => {
  await using opened = openDatabase({
    url: c.env.databaseUrl,
    proxy: c.env.databaseProxy,
    maxConnections: 1,
    timeoutMs: TIMEOUT_MS,
  });
  c.set("db", opened.db);
  await next();
});
