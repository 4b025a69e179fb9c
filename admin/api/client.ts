import { type ClientResponse, hc, parseResponse } from "hono/client";
import type { AdminApi } from "../../edge/admin/admin-api.ts";

/** The typed client of the admin API. The browser adds the session cookie. */
export const api = hc<AdminApi>("/admin/api");

/** Returns options that abort the request when `signal` aborts. */
export const until = (signal: AbortSignal) => ({ init: { signal } });

/**
 * Waits for an answer and returns its body. If the request failed, rejects with an error that
 * `toFailure()` converts to a `Failure`.
 */
export const parseAnswer = parseResponse;

/** Waits for an answer that has no body. Rejects as `parseAnswer()` does. */
export async function done(answer: Promise<ClientResponse<unknown>>): Promise<void> {
  await parseResponse(answer);
}

/** Waits for an answer and returns its body as a file. */
export async function readBlob(answer: Promise<ClientResponse<unknown>>): Promise<Blob> {
  const file = await answer;
  // Throws an error that `toFailure()` converts to a `Failure`.
  if (!file.ok) await parseResponse(file);
  return file.blob();
}
