import type { Context } from "hono";
import { html } from "hono/html";
import type { AppEnv } from "../../app-env.ts";
import { withError } from "../callbacks.ts";
import { type Refusal, REFUSALS } from "../refusals.ts";
import { en } from "../words/en.ts";
import type { Html } from "../words/fill.ts";
import { linkLine, pageResponse } from "./layout.ts";
import { readerOf } from "./reader.ts";

export interface ShownFailure {
  status: number;
  title: string;
  text: string | Html;
  /** What the failure callback gets as `error` when the person goes back. */
  error: string;
  /** What it gets as `error_description`, in English. */
  description: string;
  canRetry: boolean;
  /** Where "Try again" leads. Undefined for the link that the request belongs to. */
  retry?: string;
}

/** Returns the path and the query of the request. */
export function toOwnPath(c: Context<AppEnv>): string {
  const { pathname, search } = new URL(c.req.url);
  return pathname + search;
}

/**
 * Shows a failure, with the link "Try again" if the same link can work, and the link "Back to …" if
 * the partner is known and has a page to go back to.
 */
export function failurePage(c: Context<AppEnv>, failure: ShownFailure): Promise<Response> {
  const { words } = readerOf(c);
  const { status, title, text, error, description } = failure;
  const context = c.get("linkContext");
  const retry = failure.retry ?? context?.link;
  const back =
    context && context.failure !== null
      ? withError(context.failure, { error, description })
      : context?.partner.websiteUrl;
  return pageResponse(c, {
    status,
    title,
    body: html`<p>${text}</p>
      ${failure.canRetry && retry !== undefined && linkLine(retry, words.actions.tryAgain)}
      ${context && typeof back === "string" && linkLine(back, words.actions.back, context.partner.name)}`,
  });
}

/** Shows why the request was refused. */
export function refusalPage(c: Context<AppEnv>, { code, text }: Refusal): Promise<Response> {
  const words = readerOf(c).words.refusals[code];
  return failurePage(c, {
    ...REFUSALS[code],
    title: words.title,
    text: text ?? words.text,
    description: en.refusals[code].text,
  });
}

/** The codes of failures that are not about the link or the account (RFC 6749, 4.1.2.1). */
const ERRORS = {
  unreadable: { error: "invalid_request", description: en.errors.unreadable },
  unavailable: { error: "temporarily_unavailable", description: en.errors.later },
  broken: { error: "server_error", description: en.errors.later },
} as const;

/** Returns what the page and the partner get to know of an answer with this status. */
function judgeErrorStatus(status: number): keyof typeof ERRORS {
  if (status < 500 && status !== 429) return "unreadable";
  return status === 500 ? "broken" : "unavailable";
}

/** Shows that a request failed with this status, for a reason that the person cannot change. */
export function errorStatusPage(c: Context<AppEnv>, status: number): Promise<Response> {
  const { errors } = readerOf(c).words;
  const kind = judgeErrorStatus(status);
  const text = kind === "unreadable" ? errors.unreadable : errors.later;
  return failurePage(c, {
    ...{ status, title: errors.title, text, ...ERRORS[kind] },
    canRetry: true,
    // The request may have failed before its link was read.
    retry: c.get("linkContext")?.link ?? toOwnPath(c),
  });
}
