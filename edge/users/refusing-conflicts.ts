import { constraintOf, sqlStateOf } from "../../db/client.ts";
import { AppError } from "../../shared/errors.ts";

/** The constraints that a write of a user can break, and the field that is to blame. */
const UNIQUE_FIELDS: Readonly<Record<string, string>> = {
  users_living_tag: "tag",
  users_living_email: "email",
};
const UNIQUE_VIOLATION = "23505";
const FOREIGN_KEY_VIOLATION = "23503";
const DEADLOCK = "40P01";

/** @throws {AppError} for what another request did first, or has already. */
export async function refusingConflicts<T>(verb: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    const state = sqlStateOf(cause);
    const field = UNIQUE_FIELDS[constraintOf(cause) ?? ""];
    if (state === UNIQUE_VIOLATION && field !== undefined) {
      throw new AppError("conflict", `Cannot ${verb} the user: another one has this ${field}`, {
        cause,
        fields: [{ pointer: `/${field}`, detail: "belongs to another living user" }],
      });
    }
    // Two renames at once, each to the tag that the other gives up.
    if (state === DEADLOCK) {
      throw new AppError("conflict", `Cannot ${verb} the user: another request was first`, {
        cause,
      });
    }
    if (state === FOREIGN_KEY_VIOLATION) {
      throw new AppError("not-found", "Cannot find the connection", { cause });
    }
    throw cause;
  }
}
