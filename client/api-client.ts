import { hc } from "hono/client";
import type { AppType } from "../edge/app.ts";

export interface ApiClientOptions {
  /** The URL of the edge without a path, such as `https://superimap.example`. */
  url: string;
  apiKey: string;
  /** Sends the requests. The default is the runtime's own `fetch`. */
  fetch?: typeof fetch;
}

export type ApiClient = ReturnType<typeof apiClient>;

/**
 * Creates a typed client of the API, for example `api.connections[":code"].users.$post({ param: {
 * code }, json: { tag } })`. Each call returns a `Response`, like `fetch()`.
 *
 * To get the body, pass the call to `parseResponse()` of `hono/client`. If the API answered with an
 * error, `parseResponse()` rejects with a `DetailedError`, whose `detail.data` is the body of that
 * answer (RFC 9457).
 */
export const apiClient = ({ url, apiKey, fetch }: ApiClientOptions) =>
  hc<AppType>(url, { headers: { "x-api-key": apiKey }, ...(fetch && { fetch }) }).api.v1;
