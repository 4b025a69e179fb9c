import type { Hono } from "hono";
import type { AppEnv } from "../app-env.ts";
import { problem } from "../problem.ts";

/**
 * Adds two answers to every existing path. OPTIONS lists the methods of the path. Any method that
 * the path does not have gets a 405 with the same list. Call this after adding all routes.
 */
export function answerOtherMethods(app: Hono<AppEnv>): void {
  const paths = Map.groupBy(
    app.routes.filter((route) => route.method !== "ALL"),
    (route) => route.path,
  );
  for (const [path, routes] of paths) {
    const methods = new Set(routes.map((route) => route.method));
    if (methods.has("GET")) methods.add("HEAD");
    const allow = [...methods, "OPTIONS"].join(", ");
    app.all(path, (c) =>
      c.req.method === "OPTIONS"
        ? c.body(null, 204, { allow })
        : problem("method-not-allowed", { detail: `Allowed: ${allow}`, headers: { allow } }),
    );
  }
}
