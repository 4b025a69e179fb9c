import type { Registry } from "prom-client";
import type { IncomingRequest } from "./web-request.ts";

export interface OperationsDeps {
  registry: Registry;
  /** Returns what is missing for the process to work now; empty when it is ready. */
  missing(): Promise<readonly string[]>;
}

/**
 * Answers `/metrics` for Prometheus; `/livez`, as long as the event loop runs; and `/readyz`, with
 * 503 while the process cannot work, and what is missing. The fleet has the same paths.
 */
export const createOperations =
  ({ registry, missing }: OperationsDeps) =>
  async ({ path, method }: Pick<IncomingRequest, "path" | "method">): Promise<Response> => {
    const [pathname = ""] = path.split("?");
    if (!["/metrics", "/livez", "/readyz"].includes(pathname)) return say(404, "not found");
    if (method !== "GET" && method !== "HEAD") {
      return say(405, "method not allowed", { allow: "GET, HEAD" });
    }
    if (pathname === "/livez") return say(200, "alive");
    if (pathname === "/metrics") {
      const headers = { "content-type": registry.contentType };
      return new Response(await registry.metrics(), { headers });
    }
    const lacks = await missing();
    return lacks.length === 0 ? say(200, "ready") : say(503, `not ready: ${lacks.join(", ")}`);
  };

const say = (status: number, text: string, headers: Record<string, string> = {}) =>
  new Response(`${text}\n`, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", ...headers },
  });
