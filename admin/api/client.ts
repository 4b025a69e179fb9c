import { type ClientResponse, hc, parseResponse } from "hono/client";
import type { AdminApi } from "../../edge/admin/admin-api.ts";

/** The typed client of the admin API. The browser adds the session cookie. */
export const api = hc<AdminApi>("/admin/api");

/** Returns options that abort a request with the signal of its caller. */
export const until = (signal: AbortSignal) => ({ init: { signal } });

/** Returns the body of an answer. Rejects with an error for `toFailure()`. */
export const parseAnswer = parseResponse;

/** Waits for an answer without a body. */
export async function done(answer: Promise<ClientResponse<unknown>>): Promise<void> {
  await parseResponse(answer);
}

/** Returns the file in an answer. */
export async function readBlob(answer: Promise<ClientResponse<unknown>>): Promise<Blob> {
  const file = await answer;
  // Rejects with an error for `toFailure()`.
  if (!file.ok) await parseResponse(file);
  return file.blob();
}
