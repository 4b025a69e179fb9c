import { findSqlState } from "../db/client.ts";
import { formatStack, toErrorText } from "../shared/errors.ts";
import type { LogFields } from "../shared/log.ts";

export interface RequestFailure {
  kind: "database-away" | "bug";
  fields: LogFields;
}

/**
 * Matches the SQLSTATE classes which mean that the database is not available: connection exception
 * (08), insufficient resources (53), operator intervention (57).
 */
const AWAY = /^(08|53|57)/;

/** Matches the driver's messages for a lost connection. Such errors have no SQLSTATE. */
const LOST =
  /^(Connection terminated|Client has encountered a connection error|Query read timeout|timeout exceeded)/;

/** Matches the codes of Node for a socket that cannot connect, or is lost. */
const UNREACHABLE =
  /^(ECONNREFUSED|ECONNRESET|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/;

/**
 * Returns the parts of an unexpected error that may be logged, and whether the database is the
 * cause.
 */
export function describeFailure(error: unknown): RequestFailure {
  const sqlState = findSqlState(error);
  return {
    kind: isAway(findRoot(error), sqlState) ? "database-away" : "bug",
    fields: { error: toErrorText(error), sql_state: sqlState, stack: formatStack(error) },
  };
}

function isAway(root: unknown, sqlState: string | undefined): boolean {
  if (sqlState !== undefined) return AWAY.test(sqlState);
  // Over HTTP, an error without a SQLSTATE means that Neon's proxy could not be reached, or that the
  // proxy could not reach PostgreSQL.
  if (root instanceof Error) {
    return root.name === "NeonDbError" || LOST.test(root.message) || hasSocketCode(root);
  }
  // The driver connects through a WebSocket. If the WebSocket cannot be opened, the error is its
  // ErrorEvent.
  return typeof root === "object" && root !== null && "type" in root && root.type === "error";
}

const hasSocketCode = (error: Error) =>
  "code" in error && typeof error.code === "string" && UNREACHABLE.test(error.code);

function findRoot(error: unknown): unknown {
  let root = error;
  while (root instanceof Error && root.cause !== undefined) root = root.cause;
  return root;
}
