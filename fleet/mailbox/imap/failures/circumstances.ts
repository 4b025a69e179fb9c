import type { IdleSocket } from "../idle/idle-socket.ts";
import type { Library } from "../library.ts";
import type { ClientLog } from "./client-log.ts";
import type { Circumstances } from "./read-failure.ts";

/**
 * Returns what ImapFlow's client shows about a failure.
 *
 * @param byeCode The server's last response code that names the reason of a failure.
 */
export function clientCircumstances(
  { client, input }: Library,
  log: ClientLog,
  byeCode: string | undefined,
): Circumstances {
  const bye: unknown = Reflect.get(client, "byeReason");
  const isGreeted = Reflect.get(client, "greetingReceived") === true;
  const hasSaidBye = typeof bye === "string";
  return {
    ...(hasSaidBye && { bye, byeCode }),
    throttledMs: log.throttledMs,
    excess: input.excess,
    isOther: !isGreeted && !hasSaidBye && client.stats().received > 0,
    isEncrypted: client.secureConnection,
  };
}

/** Returns why a connection was closed while an IdleWatch used it. */
export function idleCircumstances(idle: IdleSocket | null, log: ClientLog): Circumstances {
  const end = idle?.end ?? { why: "connection_closed" };
  const bye = end.why === "closed_by_server" ? end : null;
  return {
    ...(bye && { bye: bye.text, byeCode: bye.code?.name }),
    throttledMs: end.why === "throttled" ? end.pauseMs : log.throttledMs,
    excess: end.why === "too_much_sent" || end.why === "stalled" ? end.why : null,
    isOther: false,
    isEncrypted: idle?.isEncrypted ?? false,
  };
}
