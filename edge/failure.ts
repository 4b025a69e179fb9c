import { findSqlState } from "../db/client.ts";
import { formatStack, toErrorText } from "../shared/errors.ts";
import type { LogFields } from "../shared/log.ts";

export interface RequestFailure {
  kind: "database-away" | "bug";
  fields: LogFields;
}

/**
 * Matches the SQLSTATE of a database that is away, by class: connection exception, insufficient
 * resources, operator intervention.
 */
const AWAY = /^(08|53|57)/;

/** The driver's messages, without a SQLSTATE, for a lost connection. */
const LOST =
  /^(Connection terminated|Client has encountered a connection error|Query read timeout|timeout exceeded)/;

/** Returns what a log may contain of an unexpected error, and whether the database is the cause. */
export function describeFailure(error: unknown): RequestFailure {
  const sqlState = findSqlState(error);
  return {
    kind: isAway(findRoot(error), sqlState) ? "database-away" : "bug",
    fields: { error: toErrorText(error), sql_state: sqlState, stack: formatStack(error) },
  };
}

function isAway(root: unknown, sqlState: string | undefined): boolean {
  if (sqlState !== undefined) return AWAY.test(sqlState);
  if (root instanceof Error) return LOST.test(root.message);
  // A WebSocket that could not be opened fails with its ErrorEvent.
  return typeof root === "object" && root !== null && "type" in root && root.type === "error";
}

function findRoot(error: unknown): unknown {
  let root = error;
  while (root instanceof Error && root.cause !== undefined) root = root.cause;
  return root;
}
