import { type IncomingHttpHeaders, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { buffer } from "node:stream/consumers";

export interface SentRequest {
  method?: string;
  headers?: Record<string, string>;
  /** The address of this machine that the request comes from, such as 127.0.0.2. */
  from?: string;
  /** The certificate authority to trust, as PEM text. */
  ca?: string | undefined;
}

export interface ReceivedAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  bytes: Buffer;
  text: string;
}

/** Sends a request on a connection of its own, with exactly these headers. */
export async function ask(
  url: string,
  { method = "GET", headers = {}, from = "127.0.0.1", ca }: SentRequest = {},
): Promise<ReceivedAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<ReceivedAnswer>();
  const options = { method, headers, localAddress: from, agent: false, ca };
  const request = url.startsWith("https:") ? requestHttps : requestHttp;
  const asking = request(url, options, (answer) => {
    buffer(answer).then(
      (bytes) =>
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          bytes,
          text: bytes.toString(),
        }),
      reject,
    );
  });
  asking.on("error", reject);
  asking.end();
  return await promise;
}
