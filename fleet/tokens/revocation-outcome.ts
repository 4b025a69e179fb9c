import * as v from "valibot";

/** What a response of a revocation endpoint means (RFC 7009, 2.2). */
export type RevocationOutcome =
  | { kind: "revoked" }
  /** Trying again would not help. */
  | { kind: "refused"; error: string }
  | { kind: "again"; error: string };

/**
 * Error codes for a token that is not valid, or no longer valid. They count as success: the token
 * cannot be used.
 */
const GONE = new Set(["invalid_token", "invalid_grant"]);
const FINAL = new Set(["unsupported_token_type", "invalid_client", "unauthorized_client"]);

const refusal = v.pipe(v.string(), v.parseJson(), v.object({ error: v.string() }));

/** Reads the response of a revocation endpoint (RFC 7009, 2.2). */
export function judgeRevocation(response: { status: number; body: string }): RevocationOutcome {
  const { status, body } = response;
  if (status >= 200 && status < 300) return { kind: "revoked" };
  const parsed = v.safeParse(refusal, body);
  const error = parsed.success && status >= 400 && status < 500 ? parsed.output.error : "";
  if (GONE.has(error)) return { kind: "revoked" };
  if (FINAL.has(error)) return { kind: "refused", error };
  return { kind: "again", error: `status ${status}` };
}
