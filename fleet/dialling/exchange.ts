import {
  type Agent,
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as overTcp,
} from "node:http";
import { Agent as TlsAgent, request as overTls } from "node:https";
import { isIP } from "node:net";
import { encodeBase64 } from "@oslojs/encoding";
import { ExchangeRefused } from "./exchange-refused.ts";

export interface PostRequest {
  headers: Readonly<Record<string, string>>;
  body: string;
  /** Whether plain HTTP is allowed for this request, even if the general rules forbid it. */
  allowsHttp?: boolean;
}

export interface Answer {
  status: number;
  retryAfter: string | null;
  headers: IncomingHttpHeaders;
  /** At most the first 16 KiB, not decompressed. */
  body: Uint8Array;
}

const MAX_HEADER_BYTES = 64 * 1_024;
const MAX_BODY_BYTES = 16 * 1_024;
/**
 * How many interim answers, such as 102, are accepted before the final one. HTTP has no limit (RFC
 * 9110, 15.2).
 */
const MAX_INTERIM_ANSWERS = 16;

/** Makes one POST and reads the beginning of its answer. A longer answer is cut off. */
export async function exchange(
  agent: Agent,
  url: URL,
  { headers, body }: PostRequest,
  signal: AbortSignal,
): Promise<Answer> {
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const options = {
    agent,
    signal,
    method: "POST",
    host,
    port: url.port,
    path: url.pathname + url.search,
    headers: toHeaders(url, { headers, body }),
    maxHeaderSize: MAX_HEADER_BYTES,
    // The server name in TLS (SNI) must not be an IP address, and must not end with a dot (RFC
    // 6066, 3).
    ...(isIP(host) === 0 && { servername: host.replace(/\.$/, "") }),
  };
  const request = agent instanceof TlsAgent ? overTls(options) : overTcp(options);
  boundInterimAnswers(request);
  const answering = answerTo(request);
  request.end(body);
  const response = await answering;
  const beginning = await readBeginning(response);
  // If the endpoint answered before it got the whole request, the rest is not sent.
  if (!request.writableFinished) request.destroy();
  const retryAfter = response.headers["retry-after"] ?? null;
  return {
    status: response.statusCode ?? 0,
    retryAfter,
    headers: response.headers,
    body: beginning,
  };
}

/** Returns all headers of a POST. The runtime adds only headers about the connection. */
export const toHeaders = (url: URL, { headers, body }: Pick<PostRequest, "headers" | "body">) => ({
  ...headers,
  ...toBasicAuth(url),
  host: url.host,
  "content-length": Buffer.byteLength(body),
  // Asks for an uncompressed answer. Answers are never decompressed, because they could become a
  // thousand times as long.
  "accept-encoding": "identity",
});

/**
 * Returns the header that sends the credentials of a URL to its host (RFC 7617). The credentials
 * are sent nowhere else.
 */
function toBasicAuth({ username, password }: URL): Record<string, string> {
  if (username === "" && password === "") return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${encodeBase64(new TextEncoder().encode(pair))}` };
}

/**
 * Thrown when the server closed a connection that was kept open after an earlier request. It is
 * unknown whether the new request arrived.
 */
export class LostOnReuse extends Error {}

function answerTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    let hasAnswered = false;
    request.once("response", (response) => {
      hasAnswered = true;
      resolve(response);
    });
    // The listener is never removed: an error without a listener would be an uncaught exception.
    // Errors after the answer arrived are handled where the answer is read.
    request.on("error", (cause: NodeJS.ErrnoException) => {
      const isLost = cause.code === "ECONNRESET" || cause.code === "EPIPE";
      reject(isLost && request.reusedSocket ? new LostOnReuse("", { cause }) : cause);
    });
    // When a server changes the protocol (101), there is neither an answer nor an error, only the
    // end of the connection.
    request.once("close", () => {
      if (!hasAnswered) reject(new ExchangeRefused("the endpoint closed the connection"));
    });
  });
}

function boundInterimAnswers(request: ClientRequest): void {
  let count = 0;
  request.on("information", () => {
    if (++count <= MAX_INTERIM_ANSWERS) return;
    request.destroy(new ExchangeRefused("the endpoint sent interim answers without end"));
  });
}

/**
 * Copies the beginning of an answer into one buffer. An endpoint may send each byte in its own
 * chunk, and keeping the chunks would take much memory.
 */
function readBeginning(response: IncomingMessage): Promise<Uint8Array> {
  let beginning = new Uint8Array();
  let bytes = 0;
  return new Promise((resolve, reject) => {
    const end = () => resolve(beginning.subarray(0, bytes));
    response.on("data", (piece: Uint8Array) => {
      const wanted = piece.subarray(0, MAX_BODY_BYTES - bytes);
      beginning = grow(beginning, bytes + wanted.byteLength);
      beginning.set(wanted, bytes);
      bytes += wanted.byteLength;
      if (bytes < MAX_BODY_BYTES) return;
      end();
      response.destroy();
    });
    response.once("end", end);
    response.on("error", reject);
  });
}

/**
 * Returns the buffer if it holds `bytes`, otherwise a copy that does. Most answers are one chunk,
 * and get a buffer of their size. With further chunks the size doubles, so few copies are made.
 */
function grow(buffer: Uint8Array<ArrayBuffer>, bytes: number): Uint8Array<ArrayBuffer> {
  if (bytes <= buffer.byteLength) return buffer;
  const larger = new Uint8Array(Math.min(Math.max(bytes, 2 * buffer.byteLength), MAX_BODY_BYTES));
  larger.set(buffer);
  return larger;
}
