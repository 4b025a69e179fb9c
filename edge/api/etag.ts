import { AppError } from "../../shared/errors.ts";
import { sha256Of } from "../../shared/secrets/sha256.ts";

/**
 * The strong validator (RFC 9110, 8.8.3) of what an answer shows, and of secrets that it does not
 * show. Links are left out: they are new in each answer.
 */
export const etagOf = async (shown: object): Promise<string> =>
  `"${(await sha256Of(JSON.stringify(shown))).slice(0, 32)}"`;

/**
 * Whether a write may go on (RFC 9110, 13.1.1). It compares strongly: a weak tag equals nothing.
 *
 * @throws {AppError} when the header names other versions.
 */
export function refuseStale(ifMatch: string | undefined, etag: string): void {
  if (ifMatch === undefined || namesOf(ifMatch).some((name) => name === "*" || name === etag))
    return;
  throw new AppError(
    "precondition-failed",
    "Cannot change it: it is another version than If-Match names",
  );
}

/** Whether the caller has this version already (RFC 9110, 13.1.2). It compares weakly. */
export const isKnown = (ifNoneMatch: string | undefined, etag: string): boolean =>
  ifNoneMatch !== undefined &&
  namesOf(ifNoneMatch).some((name) => name === "*" || name.replace(/^W\//, "") === etag);

/** Our own tags have no comma. */
const namesOf = (header: string) => header.split(",").map((name) => name.trim());
