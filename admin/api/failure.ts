import { DetailedError } from "hono/client";
import * as v from "valibot";

/** Why a request failed. The message is shown to the admin. */
export class Failure extends Error {
  override readonly name = "Failure";
  /**
   * The `code` of the server's error answer (RFC 9457). Without such an answer:
   *
   * - `offline`: the server cannot be reached.
   * - `unanswered`: the server did not answer in time.
   * - `unreadable`: the answer has another format.
   * - `page`: the admin page itself refused the input, or has a bug.
   */
  readonly code: string;
  /**
   * The error message of each wrong field. The key names the field or its wrong part, such as
   * `scopes.0`.
   */
  readonly fields: Readonly<Record<string, string>>;
  readonly requestId: string | undefined;

  constructor(
    code: string,
    message: string,
    more: ErrorOptions & { fields?: Record<string, string>; requestId?: string | undefined } = {},
  ) {
    super(message, more);
    this.code = code;
    this.fields = more.fields ?? {};
    this.requestId = more.requestId;
  }
}

const problem = v.object({
  code: v.string(),
  title: v.string(),
  detail: v.optional(v.string()),
  errors: v.optional(v.array(v.object({ pointer: v.string(), detail: v.string() })), []),
  request_id: v.optional(v.string()),
});

/** Converts an error of `parseResponse()` or `fetch()` to a `Failure`. */
export function toFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  const parsed = v.safeParse(problem, error instanceof DetailedError ? error.detail?.data : null);
  if (parsed.success) {
    const { code, title, detail, errors, request_id } = parsed.output;
    const fields = Object.fromEntries(errors.map((one) => [toFieldName(one.pointer), one.detail]));
    return new Failure(code, detail ?? title, { fields, requestId: request_id, cause: error });
  }
  if (error instanceof DetailedError) {
    const status = error.statusCode ?? "something unknown";
    return new Failure("unreadable", `The server answered ${status}`, { cause: error });
  }
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return new Failure("unanswered", "The server did not answer in time", { cause: error });
  }
  // When there is no answer, fetch() rejects with a TypeError. Any other error is a bug in the code
  // of the admin pages.
  if (!(error instanceof TypeError)) return new Failure("page", String(error), { cause: error });
  return new Failure("offline", "The server cannot be reached", { cause: error });
}

/**
 * Converts a JSON Pointer to the name of a field or of a part of it: `/email` becomes `email`, and
 * `/scopes/0` becomes `scopes.0`.
 */
const toFieldName = (pointer: string) =>
  pointer.slice(1).replaceAll("/", ".").replaceAll("~1", "/").replaceAll("~0", "~");
