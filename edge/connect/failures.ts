/**
 * Why an account was not connected. When the browser is redirected to the partner's failure
 * callback, the URL contains the key as `error` and the text as `error_description`. The keys are
 * part of the public API: add keys, but never rename one.
 */
export const FAILURES = {
  access_denied: "You did not allow access.",
  insufficient_scope:
    "You did not allow reading mail. Connect again, and leave that permission selected.",
  no_refresh_token:
    "The provider gave access for a short time only. Remove the application's access in your account settings at the provider, then connect again.",
  email_missing: "The provider did not send the account's e-mail address.",
  email_unverified: "The account's e-mail address is not verified at the provider.",
  login_refused:
    "The mail server refused the login. Check that the account has a mailbox, and that mail programs (IMAP) are allowed for it.",
  wrong_account: "You signed in with a different account than expected.",
  email_taken: "This account is already connected, under another user.",
  provider_error: "The provider sent an unexpected answer.",
  temporarily_unavailable: "The provider cannot be reached at the moment. Try again later.",
} as const;

export type FailureCode = keyof typeof FAILURES;

/**
 * Thrown when an account cannot be connected for one of the reasons in FAILURES. The failure
 * callback reports the reason to the partner. The stored credentials of the user stay unchanged.
 */
export class ConnectFailure extends Error {
  override readonly name = "ConnectFailure";
  readonly code: FailureCode;
  /** Shown to the person, and sent to the partner as `error_description`. */
  readonly text: string;

  /**
   * @param detail The message for the log. It must not contain secrets or addresses.
   * @param options.text Replaces the standard text of the code.
   */
  constructor(
    code: FailureCode,
    detail: string,
    { text, ...options }: ErrorOptions & { text?: string } = {},
  ) {
    super(detail, options);
    this.code = code;
    this.text = text ?? FAILURES[code];
  }
}

/** Converts the `error` of an authorization response (RFC 6749, 4.1.2.1) into a failure code. */
export function judgeResponse(error: string): FailureCode {
  switch (error) {
    case "access_denied":
      return "access_denied";
    case "server_error":
    case "temporarily_unavailable":
      return "temporarily_unavailable";
    default:
      return "provider_error";
  }
}

const TOO_MANY_REQUESTS = 429;
/** Converts an unsuccessful HTTP status of the provider into a failure code. */
export const judgeStatus = (status: number): FailureCode =>
  status >= 500 || status === TOO_MANY_REQUESTS ? "temporarily_unavailable" : "provider_error";
