import { findConstraint, findSqlState } from "../../db/client.ts";
import { AppError } from "../../shared/errors.ts";

/** The unique constraints that a write to a user can violate, each with the field at fault. */
const UNIQUE_FIELDS: Readonly<Record<string, string>> = {
  users_living_tag: "tag",
  users_living_email: "email",
};
const UNIQUE_VIOLATION = "23505";
const FOREIGN_KEY_VIOLATION = "23503";
const DEADLOCK = "40P01";

/**
 * Runs a write to a user, and converts database errors into answers.
 * @throws {AppError} when another user has the tag or address, another request changed the user at
 * the same time, or the connection was removed.
 */
export async function refusingConflicts<T>(verb: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    const state = findSqlState(cause);
    const field = UNIQUE_FIELDS[findConstraint(cause) ?? ""];
    if (state === UNIQUE_VIOLATION && field !== undefined) {
      throw new AppError("conflict", `Cannot ${verb} the user: another user has this ${field}`, {
        cause,
        fields: [{ pointer: `/${field}`, detail: "belongs to another living user" }],
      });
    }
    // A deadlock happens when two requests rename two users at the same time, each to the other's
    // tag.
    if (state === DEADLOCK) {
      throw new AppError(
        "conflict",
        `Cannot ${verb} the user: another request changed it at the same time`,
        {
          cause,
        },
      );
    }
    if (state === FOREIGN_KEY_VIOLATION) {
      throw new AppError("not-found", "Cannot find the connection", { cause });
    }
    throw cause;
  }
}
