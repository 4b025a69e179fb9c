import { once } from "node:events";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import * as v from "valibot";
import type { Middleware } from "../../../dev/servers/authorization-server/authorization-server.ts";

/** What a client gets instead of the normal answer of an OAuth endpoint. */
export type EndpointFault =
  | { kind: "status"; status: number; retryAfterSeconds?: number }
  | { kind: "slow"; ms: number }
  /** No answer. The client must give up. */
  | { kind: "hang" }
  /** The server executes the request, and then closes the connection without an answer. */
  | { kind: "lost_answer" }
  /**
   * The server executes the request, and then waits `ms` before it answers. Without `ms`, it never
   * answers.
   */
  | { kind: "withheld_answer"; ms?: number }
  /** A success in which these fields are replaced. Undefined removes a field. */
  | { kind: "fields"; fields: Readonly<Record<string, unknown>> }
  /** Status 200 with a body that is not JSON. */
  | { kind: "garbage" }
  /**
   * Status 200 with a body that never ends. The server counts in `sentBytes` the bytes that it has
   * written.
   */
  | { kind: "endless"; sentBytes: number }
  /** Status 400 with an OAuth error such as `invalid_client`. */
  | { kind: "error"; error: string };

export interface FaultOptions {
  /** Called for each request. Returns its fault, or null for a normal answer. */
  chooseFault(path: string): EndpointFault | null;
  /** Called for each request, as soon as its grant type is known. */
  onRequest(path: string, grantType: string | undefined): void;
  /** Aborts when the server is closed. Then all waits that faults cause end without an error. */
  closing: AbortSignal;
}

type Context = Parameters<Middleware>[0];

/** Returns a middleware that asks `chooseFault` for the fault of each request and applies it. */
export function faulty({ chooseFault, onRequest, closing }: FaultOptions): Middleware {
  return async (context, next) => {
    const fault = chooseFault(context.path);
    if (fault && !isHandled(fault)) {
      const form = new URLSearchParams(await text(context.req));
      onRequest(context.path, form.get("grant_type") ?? undefined);
      return await fail(context, fault, closing);
    }
    if (fault?.kind === "slow") await pause(fault.ms, closing);
    await next();
    onRequest(context.path, readGrantType(context));
    if (fault?.kind === "fields") {
      context.body = { ...v.parse(v.looseObject({}), context.body), ...fault.fields };
    }
    if (fault?.kind === "lost_answer") {
      context.respond = false;
      context.req.socket.destroy();
    }
    if (fault?.kind === "withheld_answer") {
      await (fault.ms === undefined ? hang(context, closing) : pause(fault.ms, closing));
    }
  };
}

/** With these faults, the server still executes the request. With the others, it does not. */
type Handled = Extract<
  EndpointFault,
  { kind: "slow" | "fields" | "lost_answer" | "withheld_answer" }
>;
type Failure = Exclude<EndpointFault, Handled>;

const isHandled = (fault: EndpointFault): fault is Handled =>
  ["slow", "fields", "lost_answer", "withheld_answer"].includes(fault.kind);

async function fail(context: Context, fault: Failure, closing: AbortSignal): Promise<void> {
  switch (fault.kind) {
    case "status":
      context.status = fault.status;
      context.body = "Failing on purpose";
      if (fault.retryAfterSeconds !== undefined)
        context.set("retry-after", String(fault.retryAfterSeconds));
      return;
    case "hang":
      return await hang(context, closing);
    case "garbage":
      context.body = "<html>Welcome to the network of this hotel</html>";
      return;
    case "endless":
      context.respond = false;
      return await flood(context, fault);
    case "error":
      context.status = 400;
      context.body = { error: fault.error };
  }
}

const pause = (ms: number, closing: AbortSignal) =>
  delay(ms, undefined, { signal: closing }).catch(() => undefined);

async function hang(context: Context, closing: AbortSignal): Promise<void> {
  context.respond = false;
  await once(context.res, "close", { signal: closing }).catch(() => undefined);
}

async function flood({ res }: Context, fault: { sentBytes: number }): Promise<void> {
  const block = Buffer.alloc(64 * 1_024, " ");
  res.writeHead(200, { "content-type": "application/json" });
  while (!res.destroyed) {
    fault.sentBytes += block.length;
    if (!res.write(block)) await Promise.race([once(res, "drain"), once(res, "close")]);
  }
}

const handled = v.object({
  oidc: v.object({ params: v.object({ grant_type: v.optional(v.string()) }) }),
});

/**
 * Returns the grant type of a request that the server has executed. Takes it from the body that the
 * server has parsed.
 */
function readGrantType(context: Context): string | undefined {
  const parsed = v.safeParse(handled, context);
  return parsed.success ? parsed.output.oidc.params.grant_type : undefined;
}
