import { hc } from "hono/client";
import type { AppType } from "../edge/app.ts";

export interface ApiClientOptions {
  /** Of the edge, without a path: `https://superimap.example`. */
  url: string;
  apiKey: string;
  /** Makes the requests; the runtime's own if absent. */
  fetch?: typeof fetch;
}

export type ApiClient = ReturnType<typeof apiClient>;

/**
 * The API with its types: `api.connections[":code"].users.$post({ param: { code }, json: { tag } })`.
 * Answers are those of `fetch`; `parseResponse()` of `hono/client` gives their body, or throws a
 * `DetailedError` with the problem (RFC 9457) as its `detail.data`.
 */
export const apiClient = ({ url, apiKey, fetch }: ApiClientOptions) =>
  hc<AppType>(url, { headers: { "x-api-key": apiKey }, ...(fetch && { fetch }) }).api.v1;
