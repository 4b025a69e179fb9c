import { findSqlState } from "../../db/client.ts";
import { toErrorText } from "../../shared/errors.ts";

export interface DatabaseFault {
  /** Why Postgres cannot be used. Undefined when it does not answer at all. */
  reason?: string;
  /** What to do about it. */
  action: string;
}

/** By SQLSTATE (PostgreSQL, appendix A). Classes have two characters. */
const REFUSALS: Readonly<Record<string, string>> = {
  "28": "correct the user and the password in DATABASE_URL, or pg_hba.conf",
  "3D": "correct the name of the database in DATABASE_URL, or create the database",
  "42": "grant the user of DATABASE_URL access to the database",
  "53": "lower EDGE_DATABASE_CONNECTIONS, or raise max_connections of Postgres",
  "57": "wait until Postgres has started",
};

/** Certificates that Node and Bun refuse. */
const UNTRUSTED = /SELF_SIGNED|UNABLE_TO|ERR_TLS|CERT_/;

/** Says why a check of the database failed, and what to do. Never contains a password. */
export function describeDatabaseFault(error: unknown): DatabaseFault {
  const state = findSqlState(error);
  const cause = findRoot(error);
  if (state !== undefined) {
    const action = REFUSALS[state.slice(0, 2)] ?? "see the log of Postgres";
    return { reason: cause.message, action };
  }
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : "";
  if (UNTRUSTED.test(code)) {
    return {
      reason: `its certificate is not trusted: ${code}`,
      action: "set DATABASE_CA_FILE to the file of its certificate authority",
    };
  }
  if (code === "ECONNREFUSED" || code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return { reason: code, action: "start Postgres, or correct the host and port in DATABASE_URL" };
  }
  return { action: `see whether Postgres is up and reachable: ${toErrorText(error)}` };
}

/** Drizzle wraps the error of the driver, and Node wraps those of several addresses. */
function findRoot(error: unknown): Error {
  const inner = error instanceof AggregateError ? error.errors[0] : undefined;
  if (inner instanceof Error) return findRoot(inner);
  if (error instanceof Error && error.cause instanceof Error) return findRoot(error.cause);
  return error instanceof Error ? error : new Error(String(error));
}
