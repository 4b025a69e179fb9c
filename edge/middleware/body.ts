import { createMiddleware } from "hono/factory";
import { HTTPException } from "hono/http-exception";
import { AppError } from "../../shared/errors.ts";
import { formPairs } from "../../shared/network/form-pairs.ts";
import { readBytes } from "../../shared/network/read-bytes.ts";
import type { AppEnv } from "../app-env.ts";
import { problem } from "../problem.ts";

export const MAX_REQUEST_BYTES = 64 * 1024;

/**
 * Adds the function `c.var.body()`. Its first call reads the request's body. Later calls return the
 * same result.
 */
export const lazyBody = createMiddleware<AppEnv>(async (c, next) => {
  let parsed: Promise<unknown> | undefined;
  c.set("body", () => (parsed ??= readBody(c.req.raw)));
  await next();
});

async function readBody(request: Request): Promise<unknown> {
  const bytes = await readBytes(request.body, MAX_REQUEST_BYTES);
  return parseBody(bytes, request.headers.get("content-type") ?? "");
}

/**
 * Returns the fields of a body.
 *
 *   content type         read as
 *   JSON, or none        JSON, or a form if the text begins like one: the client that the old SuperIMAP
 *                        documented (docs/superimap.md) sends forms under application/json
 *   the two form types   a form; if a field is repeated, the last value counts
 *   any other            refused with a 415
 *
 * An empty body is `{}`.
 *
 * @throws {AppError} `malformed-body` when the body does not match its content type, or is not
 * UTF-8. The text that a form percent-encodes must be UTF-8, too.
 */
export async function parseBody(
  bytes: Uint8Array<ArrayBuffer>,
  contentType: string,
): Promise<unknown> {
  if (bytes.byteLength === 0) return {};
  const mediaType = contentType.split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (mediaType === "multipart/form-data") return multipartFields(bytes, contentType);
  if (mediaType === "application/x-www-form-urlencoded") return formFields(decodeUtf8(bytes));
  if (mediaType === "" || /^application\/([\w.-]+\+)?json$/.test(mediaType)) {
    const text = decodeUtf8(bytes);
    return looksLikeForm(text) ? formFields(text) : jsonValue(text);
  }
  throw new HTTPException(415, {
    res: problem("unsupported-media-type", {
      detail: "Cannot read the body: wanted application/json or a form",
    }),
  });
}

/** Whether the text begins with a name and `=`. No JSON text begins like this. */
const looksLikeForm = (text: string) => /^[\w.~%+*-]+=/.test(text);

function formFields(text: string): unknown {
  const pairs = formPairs(text);
  if (pairs === undefined) throw malformed("has escapes that are not percent-encoded UTF-8");
  return Object.fromEntries(pairs);
}

function jsonValue(text: string): unknown {
  if (text.trim() === "") return {};
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw malformed("is not JSON", cause);
  }
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch (cause) {
    throw malformed("is not UTF-8", cause);
  }
}

async function multipartFields(
  bytes: Uint8Array<ArrayBuffer>,
  contentType: string,
): Promise<unknown> {
  // Refuses invalid UTF-8, which formData() would accept. This also refuses binary files, but no
  // field takes a file.
  decodeUtf8(bytes);
  try {
    const headers = { "content-type": contentType };
    return Object.fromEntries(await new Response(bytes, { headers }).formData());
  } catch (cause) {
    throw malformed("is not multipart/form-data as its content type says", cause);
  }
}

const malformed = (what: string, cause?: unknown) =>
  new AppError("malformed-body", `Cannot read the body: it ${what}`, { cause });

export const isFields = (body: unknown): body is Readonly<Record<string, unknown>> =>
  typeof body === "object" && body !== null && !Array.isArray(body);

/** Removes the API key, which clients may send as a field of the body. */
export function withoutApiKey(body: unknown): unknown {
  if (!isFields(body)) return body;
  const { api_key: _key, ...fields } = body;
  return fields;
}
