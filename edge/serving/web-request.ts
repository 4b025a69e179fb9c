import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { chooseEncoding, compress, isCompressible } from "./compression.ts";
import { discardRest, toBody } from "./request-body.ts";

/** A request of node:http. */
export interface IncomingRequest {
  method: string;
  /** The path and the query, as they were sent. */
  path: string;
  headers: IncomingHttpHeaders;
  /** The IP address of the other end of the connection. */
  peer: string | undefined;
  /**
   * Converts the request. Its `signal` aborts when the caller disconnects before the answer is
   * complete.
   *
   * @param origin The scheme and the host of the request's URL.
   */
  toRequest(origin: string): Request;
}

/** Reads a request. Undefined when it has no valid path, or a method that no Request has. */
export function readIncoming(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): IncomingRequest | undefined {
  const { method = "GET", url = "/", headers } = incoming;
  // A client may send the whole URL (RFC 9112, 3.2.2).
  const path = url.startsWith("/") ? url : url.replace(/^https?:\/\/[^/?]*(?=\/)/i, "");
  if (!path.startsWith("/") || FORBIDDEN_METHODS.test(method)) return undefined;
  return {
    method,
    path,
    headers,
    peer: incoming.socket.remoteAddress,
    toRequest(origin) {
      const caller = new AbortController();
      outgoing.once("close", () => {
        if (!outgoing.writableFinished) caller.abort();
      });
      const hasBody = method !== "GET" && method !== "HEAD";
      return new Request(origin + path, {
        method,
        headers: toHeaders(incoming),
        signal: caller.signal,
        ...(hasBody && { body: toBody(incoming), duplex: "half" }),
      });
    },
  };
}

/** The methods that a Request must not have (Fetch, 2.2.1). */
const FORBIDDEN_METHODS = /^(CONNECT|TRACE|TRACK)$/i;

function toHeaders({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers();
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    headers.append(rawHeaders[at] ?? "", rawHeaders[at + 1] ?? "");
  }
  return headers;
}

/** Sends the answer, compressed if the caller allows it and it is worth it. */
export async function writeAnswer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  response: Response,
): Promise<void> {
  const accepted = incoming.headers["accept-encoding"];
  const { bytes, headers } = await encode(response, accepted);
  const cookies = headers.getSetCookie();
  headers.delete("set-cookie");
  for (const [name, value] of headers) outgoing.setHeader(name, value);
  if (cookies.length > 0) outgoing.setHeader("set-cookie", cookies);
  await discardRest(incoming);
  if (!incoming.complete) outgoing.setHeader("connection", "close");
  if (bytes) outgoing.setHeader("content-length", bytes.byteLength);
  outgoing.writeHead(response.status);
  outgoing.end(bytes);
}

async function encode(response: Response, accepted: string | undefined) {
  const headers = new Headers(response.headers);
  if (!response.body) return { bytes: undefined, headers };
  const bytes = new Uint8Array(await response.arrayBuffer());
  // With an ETag, an encoded answer would need another ETag, which If-Match could not compare
  // (RFC 9110, 8.8.3).
  const isPlain = !["content-encoding", "etag"].some((name) => headers.has(name));
  const type = headers.get("content-type") ?? "";
  if (!isPlain || !isCompressible(type, bytes.byteLength)) return { bytes, headers };
  const vary = headers.get("vary") ?? "";
  if (vary.includes("accept-encoding")) return { bytes, headers };
  headers.append("vary", "accept-encoding");
  const encoding = chooseEncoding(accepted);
  if (encoding === undefined) return { bytes, headers };
  headers.set("content-encoding", encoding);
  return { bytes: await compress(bytes, encoding, "answer"), headers };
}
