import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../app-env.ts";
import { takeAnonymous } from "../limits/take-anonymous.ts";

/** Counts a request for a public page, and refuses it when there are too many. */
export const admitPage = createMiddleware<AppEnv>(async (c, next) => {
  takeAnonymous(c, "pages");
  await next();
});
