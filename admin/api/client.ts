import { type ClientResponse, hc, parseResponse } from "hono/client";
import type { AdminApi } from "../../edge/admin/admin-api.ts";

/** The admin API with its types; the browser adds the session's cookie by itself. */
export const api = hc<AdminApi>("/admin/api");

/** For a request that ends with whoever asked. */
export const until = (signal: AbortSignal) => ({ init: { signal } });

/** The body of an answer. Rejects with what `failureOf()` reads. */
export const answerOf = parseResponse;

/** For an answer that has no body. */
export async function done(answer: Promise<ClientResponse<unknown>>): Promise<void> {
  await parseResponse(answer);
}

/** For an answer that is a file. */
export async function fileOf(answer: Promise<ClientResponse<unknown>>): Promise<Blob> {
  const file = await answer;
  // Rejects with what `failureOf()` reads.
  if (!file.ok) await parseResponse(file);
  return file.blob();
}
