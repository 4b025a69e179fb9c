import { AppError } from "../../shared/errors.ts";
import { sha256Hex } from "../../shared/secrets/sha256.ts";

/**
 * Returns the ETag of these fields. It is a strong validator (RFC 9110, 8.8.3).
 *
 * @param shown The fields of the answer, and a value that changes when a hidden secret changes.
 * Must not contain links, which are new in each answer.
 */
export const computeEtag = async (shown: object): Promise<string> =>
  `"${(await sha256Hex(JSON.stringify(shown))).slice(0, 32)}"`;

/**
 * Refuses a write if none of the tags in `If-Match` is the current ETag (RFC 9110, 13.1.1). The
 * comparison is strong: a weak tag never matches.
 *
 * @throws {AppError} when no tag matches.
 */
export function refuseStale(ifMatch: string | undefined, etag: string): void {
  if (ifMatch === undefined || splitTags(ifMatch).some((name) => name === "*" || name === etag))
    return;
  throw new AppError(
    "precondition-failed",
    "Cannot change it: it is another version than If-Match names",
  );
}

/**
 * Whether `If-None-Match` contains this ETag. If so, the caller already has this version (RFC 9110,
 * 13.1.2). The comparison is weak: it ignores a leading `W/`.
 */
export const isKnown = (ifNoneMatch: string | undefined, etag: string): boolean =>
  ifNoneMatch !== undefined &&
  splitTags(ifNoneMatch).some((name) => name === "*" || name.replace(/^W\//, "") === etag);

/** Splits a header into its tags. A tag could contain a comma, but our own tags never do. */
const splitTags = (header: string) => header.split(",").map((name) => name.trim());
