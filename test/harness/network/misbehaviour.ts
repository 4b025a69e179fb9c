import type { Socket } from "node:net";
import { gzipSync } from "node:zlib";

type Misbehaviour = (socket: Socket) => void;

const OK = "HTTP/1.1 200 OK\r\n";
const KIB = 1_024;
const DRIP_MS = 10;

/** Writes these parts once, and stays connected. */
const says =
  (...parts: (string | Uint8Array)[]): Misbehaviour =>
  (socket) => {
    for (const part of parts) socket.write(part);
  };

/**
 * Writes `start`, and then repeats `part` as fast as the client reads it. Stops after `times`
 * repetitions.
 */
function floods(start: string, part: string, times = Number.POSITIVE_INFINITY): Misbehaviour {
  // All writes use the same buffer. New buffers would add to the memory of this process, which the
  // test measures.
  const perWrite = Math.max(1, Math.floor((64 * KIB) / part.length));
  const piece = Buffer.from(part.repeat(perWrite));
  return (socket) => {
    let left = Math.ceil(times / perWrite);
    const write = () => {
      while (!socket.destroyed && left-- > 0 && socket.write(piece));
    };
    socket.on("drain", write);
    socket.write(start);
    write();
  };
}

/** Writes `start`, and then repeats `part` slowly until the connection is closed. */
const drips =
  (start: string, part: string): Misbehaviour =>
  (socket) => {
    socket.write(start);
    const timer = setInterval(() => socket.write(part), DRIP_MS);
    socket.on("close", () => clearInterval(timer));
  };

/** 20 MB of zeros, compressed to 20 KB. Created at the first use. */
let bomb: Buffer | undefined;
const zeros = () => (bomb ??= gzipSync(Buffer.alloc(20_000 * KIB)));

/** Misbehaving endpoints. Each function writes raw data to a connection, or closes it. */
export const MISBEHAVIOURS = {
  neverAnswers: says(""),
  closesAtOnce: (socket) => void socket.end(),
  resets: (socket) => void socket.resetAndDestroy(),
  dripsItsHeaders: drips(OK, "x: y\r\n"),
  dripsItsBody: drips(`${OK}content-length: 100000\r\n\r\n`, "x"),
  dripsItsChunks: drips(`${OK}transfer-encoding: chunked\r\n\r\n`, "1\r\nx\r\n"),
  dripsInterimAnswers: drips("", "HTTP/1.1 102 Processing\r\n\r\n"),
  neverEndsItsBody: says(`${OK}content-length: 99\r\n\r\nOK`),
  sendsAGigabyte: floods(`${OK}content-length: 1073741824\r\n\r\n`, "x"),
  sendsABodyWithoutEnd: floods(`${OK}transfer-encoding: chunked\r\n\r\n`, "1\r\nx\r\n"),
  sendsAGzipBomb: (socket) => {
    const body = zeros();
    says(`${OK}content-encoding: gzip\r\ncontent-length: ${body.length}\r\n\r\n`, body)(socket);
  },
  sendsHeadersWithoutEnd: floods(OK, `x: ${"y".repeat(KIB)}\r\n`),
  sends100000Headers: floods(OK, "x: y\r\n", 100_000),
  sendsALineWithoutEnd: floods("HTTP/1.1 200 ", "x"),
  floodsInterimAnswers: floods("", "HTTP/1.1 102 Processing\r\n\r\n"),
  floodsChunkExtensions: floods(`${OK}transfer-encoding: chunked\r\n\r\n1;`, "x"),
  floodsTrailers: floods(`${OK}transfer-encoding: chunked\r\n\r\n0\r\n`, "x: y\r\n"),
  changesTheProtocol: says(
    "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
  ),
  saysTooLittle: (socket) => void socket.end(`${OK}content-length: 10\r\n\r\nOK`),
  hasTwoLengths: says(`${OK}content-length: 2\r\ncontent-length: 30\r\n\r\nOK`),
  speaksHttp09: (socket) => void socket.end("<html>Welcome</html>\r\n"),
  speaksSmtp: says("220 mail.example.com ESMTP\r\n"),
} satisfies Record<string, Misbehaviour>;
