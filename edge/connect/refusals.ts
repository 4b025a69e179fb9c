import type { Words } from "./words/en.ts";

export type RefusalCode = keyof Words["refusals"];

interface RefusalRule {
  status: number;
  /**
   * The code that the failure callback gets as `error` when the person goes back to the partner. It
   * is part of the public API: never rename one.
   */
  error: string;
  /** Whether the same link can be tried again. If not, the page has no link "Try again". */
  canRetry: boolean;
}

/**
 * Why a request to the connect pages is refused, with what follows. A page shows the reason; its
 * texts are in words/. The user's stored credentials stay as they were.
 */
export const REFUSALS: Readonly<Record<RefusalCode, RefusalRule>> = {
  invalid: { status: 404, error: "link_invalid", canRetry: false },
  expired: { status: 410, error: "link_expired", canRetry: false },
  spent: { status: 410, error: "link_used", canRetry: false },
  gone: { status: 410, error: "user_gone", canRetry: false },
  disabled: { status: 403, error: "provider_disabled", canRetry: false },
  not_set_up: { status: 403, error: "not_set_up", canRetry: false },
  state: { status: 400, error: "answer_invalid", canRetry: false },
  // The page must not show the link: a person who has only the address of a callback could use it.
  browser: { status: 403, error: "other_browser", canRetry: false },
  origin: { status: 403, error: "form_foreign", canRetry: true },
  too_many_tries: { status: 429, error: "too_many_tries", canRetry: false },
  try_ended: { status: 410, error: "try_ended", canRetry: true },
};

/** Thrown when a request is refused for one of the reasons in REFUSALS. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: RefusalCode;
  /** Replaces the text on the page; undefined for the usual one. */
  readonly text: string | undefined;

  constructor(code: RefusalCode, { text, ...options }: ErrorOptions & { text?: string } = {}) {
    super(`Cannot follow the link: ${code}`, options);
    this.code = code;
    this.text = text;
  }
}
