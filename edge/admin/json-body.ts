import { createMiddleware } from "hono/factory";
import { HTTPException } from "hono/http-exception";
import { readBytes } from "../../shared/network/read-bytes.ts";
import type { AppEnv } from "../app-env.ts";
import { MAX_REQUEST_BYTES, parseBody } from "../middleware/body.ts";
import { problem } from "../problem.ts";

/**
 * Adds the function `c.var.body()`. Its first call reads the request's body. The content type must
 * be `application/json`: forms on other sites cannot send this type.
 */
export const jsonBody = createMiddleware<AppEnv>(async (c, next) => {
  let parsed: Promise<unknown> | undefined;
  c.set("body", () => (parsed ??= readJson(c.req.raw)));
  await next();
});

async function readJson({ body, headers }: Request): Promise<unknown> {
  const bytes = await readBytes(body, MAX_REQUEST_BYTES);
  const contentType = headers.get("content-type") ?? "";
  const mediaType = contentType.split(";", 1)[0]?.trim().toLowerCase();
  if (bytes.byteLength > 0 && mediaType !== "application/json") {
    throw new HTTPException(415, {
      res: problem("unsupported-media-type", {
        detail: "Cannot read the body: wanted application/json",
      }),
    });
  }
  return parseBody(bytes, contentType);
}
