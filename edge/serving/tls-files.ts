import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { createSecureContext } from "node:tls";
import { toErrorText } from "../../shared/errors.ts";
import type { Log } from "../../shared/log.ts";
import type { HttpServer, TlsTexts } from "./http-server.ts";

export interface TlsFiles {
  certificateFile: string;
  keyFile: string;
}

export interface FollowDeps {
  server: Pick<HttpServer, "useTls">;
  log: Log;
  /** Calls the listener at each SIGHUP, until the result is called. */
  onHangUp: (listener: () => void) => () => void;
}

/**
 * How often the files are read. Watching them is not reliable: certbot and Kubernetes replace
 * symbolic links. Certificates are renewed weeks before they expire.
 */
const CHECK_EVERY_MS = 60_000;

/**
 * Reads a certificate and its key.
 * @throws when a file cannot be read, is no PEM file, or the two do not belong together.
 */
export async function readTls({ certificateFile, keyFile }: TlsFiles): Promise<TlsTexts> {
  const [cert, key] = await Promise.all([
    readFile(certificateFile, "utf8"),
    readFile(keyFile, "utf8"),
  ]);
  createSecureContext({ cert, key });
  return { cert, key };
}

/**
 * Lets the server use the files again when they change: each minute, and at SIGHUP. While the files
 * are not usable, the server keeps the certificate that it has.
 */
export async function followTls(
  files: TlsFiles,
  used: TlsTexts,
  { server, log, onHangUp }: FollowDeps,
  signal: AbortSignal,
): Promise<void> {
  let asked = Promise.withResolvers<void>();
  using resources = new DisposableStack();
  resources.defer(onHangUp(() => asked.resolve()));
  let current = used;
  let refusal: string | undefined;
  while (await waitForTurn(asked.promise, signal)) {
    asked = Promise.withResolvers();
    const found = await readTls(files).catch(toErrorText);
    if (typeof found === "string") {
      if (found !== refusal) log.error("tls.refused", { error: found, action: ACTION });
      refusal = found;
      continue;
    }
    refusal = undefined;
    if (found.cert === current.cert && found.key === current.key) continue;
    await server.useTls(found);
    current = found;
    log.info("tls.reloaded");
  }
}

const ACTION =
  "correct the files of TLS_CERTIFICATE_FILE and TLS_KEY_FILE; until then the certificate in use stays";

/** Resolves to false when the signal aborts. */
async function waitForTurn(asked: Promise<void>, signal: AbortSignal): Promise<boolean> {
  const isOver = new AbortController();
  const ends = AbortSignal.any([signal, isOver.signal]);
  await Promise.race([asked, delay(CHECK_EVERY_MS, undefined, { signal: ends }).catch(() => {})]);
  isOver.abort();
  return !signal.aborted;
}
