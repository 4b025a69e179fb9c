import { createMiddleware } from "hono/factory";
import { openDatabase } from "../../db/client.ts";
import type { AppEnv } from "../app-env.ts";

/** A database for the length of one request; it connects at the first query. */
export const database = createMiddleware<AppEnv>(async (c, next) => {
  await using opened = openDatabase({
    url: c.env.databaseUrl,
    proxy: c.env.databaseProxy,
    maxConnections: 1,
  });
  c.set("db", opened.db);
  await next();
});
