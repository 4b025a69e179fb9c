import { hc } from "hono/client";
import type { AppType } from "../edge/app.ts";

export interface ApiClientOptions {
  /** The URL of the edge without a path: `https://superimap.example`. */
  url: string;
  apiKey: string;
  /** Sends the requests; the runtime's own `fetch` when absent. */
  fetch?: typeof fetch;
}

export type ApiClient = ReturnType<typeof apiClient>;

/**
 * Creates a typed client of the API: `api.connections[":code"].users.$post({ param: { code }, json:
 * { tag } })`. Each call returns a `Response`, as `fetch` does. `parseResponse()` of `hono/client`
 * returns the body of a `Response`, or throws a `DetailedError` whose `detail.data` is the problem
 * (RFC 9457).
 */
export const apiClient = ({ url, apiKey, fetch }: ApiClientOptions) =>
  hc<AppType>(url, { headers: { "x-api-key": apiKey }, ...(fetch && { fetch }) }).api.v1;
