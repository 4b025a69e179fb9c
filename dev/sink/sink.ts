import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import * as v from "valibot";
import { HOST, readPort } from "../stack/ports.ts";
import { newSinkBehaviour } from "./sink-behaviour.ts";
import { newInbox, type Received } from "./sink-inbox.ts";
import { SINK_PAGE, SINK_PAGE_POLICY } from "./sink-page.ts";
import { isWebhookSigned, type WebhookKeys } from "./webhook-check.ts";

export interface Sink extends AsyncDisposable {
  url: string;
  /** Returns the webhooks with a number above `after`. Only the newest 10,000 are kept. */
  received(after: number): Received[];
  /** Calls `onReceived` for each webhook that arrives, until the signal aborts. */
  listen(onReceived: (webhook: Received) => void, signal: AbortSignal): void;
  /**
   * Waits for the first webhook that matches. Webhooks that were received before the call also
   * count.
   */
  waitFor(matches: (webhook: Received) => boolean, signal: AbortSignal): Promise<Received>;
  /** From now on, webhooks that are signed with these keys count as verified, too. */
  trust(keys: WebhookKeys): void;
}

/** The largest webhook that the sink accepts. A mail of 5 MiB, as base64 in JSON, is smaller. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/**
 * Starts a webhook endpoint that stores every webhook, and records whether its signatures are
 * right.
 */
export async function startSink(port: number): Promise<Sink> {
  const inbox = newInbox();
  const behaviour = newSinkBehaviour();
  const trusted: WebhookKeys[] = [];
  const closing = new AbortController();

  async function takeWebhook(request: IncomingMessage, response: ServerResponse) {
    const body = await readText(request);
    if (body === undefined) return answer(response, 413, "The body is too large");
    const { headers, url: path = "/" } = request;
    const verified = trusted.some((keys) => isWebhookSigned(keys, headers, body));
    inbox.add({ path, headers, body, verified });
    const { status, delay_ms } = behaviour.next(path);
    if (delay_ms > 0) await delay(delay_ms, undefined, { signal: closing.signal });
    return answer(response, status, status < 300 ? "ok" : "failing on purpose");
  }

  async function behave(request: IncomingMessage, response: ServerResponse) {
    const parsed = behaviour.set((await readText(request)) ?? "");
    if (parsed.success)
      return answer(response, 200, JSON.stringify(parsed.output), "application/json");
    const errors = parsed.issues.map(
      (issue) => `${v.getDotPath(issue) ?? "body"}: ${issue.message}`,
    );
    return answer(response, 422, JSON.stringify({ errors }), "application/json");
  }

  function list(url: URL, response: ServerResponse) {
    const after = url.searchParams.get("after") ?? "0";
    if (!/^\d{1,15}$/.test(after)) return answer(response, 422, "after: a whole number is wanted");
    return answer(response, 200, JSON.stringify(inbox.after(Number(after))), "application/json");
  }

  async function route(request: IncomingMessage, response: ServerResponse) {
    const url = new URL(request.url ?? "/", "http://sink");
    switch (`${request.method} ${url.pathname}`) {
      case "GET /":
        response.setHeader("content-security-policy", SINK_PAGE_POLICY);
        return answer(response, 200, SINK_PAGE, "text/html; charset=utf-8");
      case "GET /received":
        return list(url, response);
      case "POST /behave":
        return behave(request, response);
      default:
        if (request.method === "POST") return takeWebhook(request, response);
        return answer(response, 404, "There are GET /, GET /received?after=N and POST /behave");
    }
  }

  const server = createServer((request, response) => {
    // `route()` rejects when the client has closed the connection, or when the sink is closing.
    // Then no response is possible.
    route(request, response).catch(() => response.destroy());
  });
  server.listen(port, HOST);
  await once(server, "listening");

  return {
    url: `http://${HOST}:${readPort(server)}`,
    received: inbox.after,
    listen: inbox.listen,
    waitFor: inbox.waitFor,
    trust: (keys) => void trusted.push(keys),
    async [Symbol.asyncDispose]() {
      closing.abort();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answer(response: ServerResponse, status: number, text: string, type = "text/plain") {
  response.writeHead(status, { "content-type": type, "cache-control": "no-store" }).end(text);
}

/** Reads the exact text of a request's body; undefined when it is too large. */
async function readText(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    sizeBytes += bytes.length;
    if (sizeBytes <= MAX_BODY_BYTES) chunks.push(bytes);
  }
  return sizeBytes <= MAX_BODY_BYTES ? Buffer.concat(chunks).toString("utf8") : undefined;
}
