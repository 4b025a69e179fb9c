import type { ExecutionContext } from "hono";
import { formatStack, toErrorText } from "../../shared/errors.ts";
import type { Log } from "../../shared/log.ts";
import type { createApp } from "../app.ts";
import type { Platform } from "../platform.ts";
import { problem } from "../problem.ts";
import type { AppSettings } from "../settings.ts";
import type { BuiltPages } from "./built-pages.ts";
import type { EdgeMetrics } from "./edge-metrics.ts";
import type { AnswerRequest } from "./http-server.ts";
import { identifyCaller, type TrustsProxy } from "./trusted-proxies.ts";

export interface AppServerDeps extends Pick<Platform, "openDatabase"> {
  app: ReturnType<typeof createApp>;
  settings: AppSettings;
  pages: BuiltPages | undefined;
  /** Whether connections to us use TLS. */
  isTls: boolean;
  isTrustedProxy: TrustsProxy;
  metrics: EdgeMetrics;
  log: Log;
}

/** Returns a function that answers requests as Workers do: with a file, or with the app. */
export function createAnswer(deps: AppServerDeps): AnswerRequest {
  const { app, settings, pages, metrics, log } = deps;
  // In production the Host header is not used: it is the caller's, and could make us redirect to
  // another site.
  const publicHost = new URL(settings.publicUrl).host;
  const warnOfProxy = once(() =>
    log.warn("proxy.ignored", {
      reason: "a proxy's headers come from an address that is not in TRUSTED_PROXIES",
    }),
  );
  const answer: AnswerRequest = async (asked) => {
    const { headers, method, path } = asked;
    const caller = identifyCaller(
      {
        peer: asked.peer,
        isTls: deps.isTls,
        forwardedFor: toText(headers["x-forwarded-for"]),
        forwardedProto: toText(headers["x-forwarded-proto"]),
      },
      deps.isTrustedProxy,
    );
    if (caller.ignoresProxy) warnOfProxy();
    if (pages && (method === "GET" || method === "HEAD")) {
      const asset = await pages.answerAsset(path, headers["accept-encoding"]);
      if (asset) return method === "HEAD" ? new Response(null, asset) : asset;
    }
    const host = settings.isDevelopment ? headers.host : publicHost;
    const scheme = caller.isTls ? "https" : "http";
    const platform: Platform = { clientAddress: caller.address, openDatabase: deps.openDatabase };
    const request = asked.toRequest(`${scheme}://${toHost(host) ?? publicHost}`);
    return await app.fetch(request, { ...settings, ...platform }, UNTRACKED);
  };
  return async (asked) => {
    const startMs = performance.now();
    const response = await answer(asked).catch((error: unknown) => {
      log.error("request.failed", { error: toErrorText(error), stack: formatStack(error) });
      return problem("internal", { publicUrl: settings.publicUrl });
    });
    metrics.requests.inc({ status: `${Math.floor(response.status / 100)}xx` });
    metrics.requestDuration.observe((performance.now() - startMs) / 1_000);
    return response;
  };
}

/** Returns a Host header that is a host, and nothing more. */
const toHost = (host: string | undefined) => URL.parse(`http://${host ?? ""}/`)?.host || undefined;

const toText = (header: string | string[] | undefined) =>
  Array.isArray(header) ? header.join(",") : header;

/**
 * The process lives on after each request, so nothing needs to be kept alive. A stop waits for the
 * answers.
 */
const UNTRACKED: ExecutionContext = {
  waitUntil: () => undefined,
  passThroughOnException: () => undefined,
  props: {},
};

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}
