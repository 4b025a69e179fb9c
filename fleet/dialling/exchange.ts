import {
  type Agent,
  type ClientRequest,
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
  /** Over plain HTTP, too, whatever the rules for all say. */
  allowsHttp?: boolean;
}

export interface Answer {
  status: number;
  retryAfter: string | null;
  /** Its first bytes, as they were sent: at most 16 KiB. */
  body: Uint8Array;
}

const MAX_HEADER_BYTES = 64 * 1_024;
const MAX_BODY_BYTES = 16 * 1_024;
/** Answers before the answer, such as 102: a server may send any number of them (RFC 9110, 15.2). */
const MAX_INTERIM_ANSWERS = 16;

/** One POST and the beginning of its answer. What is not at its end by then is cut off. */
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
    headers: {
      ...headers,
      ...authorizationOf(url),
      host: url.host,
      "content-length": Buffer.byteLength(body),
      // A compressed answer could be a thousand times as long as what is read of it.
      "accept-encoding": "identity",
    },
    maxHeaderSize: MAX_HEADER_BYTES,
    // A server's name is no address and ends in no dot (RFC 6066, 3).
    ...(isIP(host) === 0 && { servername: host.replace(/\.$/, "") }),
  };
  const request = agent instanceof TlsAgent ? overTls(options) : overTcp(options);
  boundInterimAnswers(request);
  const answering = answerTo(request);
  request.end(body);
  const response = await answering;
  const beginning = await readBeginning(response);
  // An early answer: the rest of the request is not wanted.
  if (!request.writableFinished) request.destroy();
  const retryAfter = response.headers["retry-after"] ?? null;
  return { status: response.statusCode ?? 0, retryAfter, body: beginning };
}

/** Credentials in an address go to its host, as a header (RFC 7617), and nowhere else. */
function authorizationOf({ username, password }: URL): Record<string, string> {
  if (username === "" && password === "") return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { authorization: `Basic ${encodeBase64(new TextEncoder().encode(pair))}` };
}

/** A connection that had been used before was gone when the request came: it may not have arrived. */
export class LostOnReuse extends Error {}

function answerTo(request: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once("response", resolve);
    // It stays: what fails after the answer came is told by its reader.
    request.on("error", (cause: NodeJS.ErrnoException) => {
      const isLost = cause.code === "ECONNRESET" || cause.code === "EPIPE";
      reject(isLost && request.reusedSocket ? new LostOnReuse("", { cause }) : cause);
    });
    // A server that changes the protocol (101) gets none, and no error is told.
    request.once("close", () => reject(new ExchangeRefused("the endpoint closed the connection")));
  });
}

function boundInterimAnswers(request: ClientRequest): void {
  let count = 0;
  request.on("information", () => {
    if (++count <= MAX_INTERIM_ANSWERS) return;
    request.destroy(new ExchangeRefused("the endpoint sent interim answers without end"));
  });
}

/** Copies piece by piece: an endpoint may send a chunk for each byte, and each would keep much memory. */
function readBeginning(response: IncomingMessage): Promise<Uint8Array> {
  const beginning = new Uint8Array(MAX_BODY_BYTES);
  let bytes = 0;
  return new Promise((resolve, reject) => {
    const end = () => resolve(beginning.subarray(0, bytes));
    response.on("data", (piece: Uint8Array) => {
      const wanted = piece.subarray(0, MAX_BODY_BYTES - bytes);
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
