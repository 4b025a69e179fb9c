import * as v from "valibot";
import type { PageRange } from "../../db/partners/connections.ts";
import type { IdPrefix } from "../../shared/ids.ts";
import { decodeCursor, encodeCursor } from "../paging/cursor.ts";
import { pageLimit } from "../paging/page-limit.ts";

/** Returns the schema of the query for a list whose rows have ids with this prefix. */
export const pageQuery = (prefix: IdPrefix) =>
  v.object({
    limit: pageLimit(1_000, 100),
    cursor: v.optional(
      v.pipe(
        v.string(),
        v.description(
          "The position of the next page, from the `Link` header of the previous answer.",
        ),
        v.rawTransform(({ dataset, addIssue, NEVER }) => {
          const id = parseCursor(dataset.value, prefix);
          if (id !== undefined) return id;
          addIssue({ message: "must be a cursor of this list" });
          return NEVER;
        }),
      ),
    ),
  });

export interface PageQuery {
  limit: number;
  cursor?: string | undefined;
}

/**
 * Returns which rows to read: one more than the page shows. If the additional row exists, there is
 * a next page.
 */
export const toPageRange = ({ limit, cursor }: PageQuery): PageRange => ({
  after: cursor,
  limit: limit + 1,
});

export interface ShownPage<Row> {
  rows: Row[];
  /** The `Link` header (RFC 8288), which refers to the next page; absent on the last page. */
  headers: { link?: string };
}

/** The query parameters that filter the list. The link to the next page repeats them. */
type Filter = Readonly<Record<string, string | boolean | undefined>>;

/**
 * Returns one page of a list, with the `Link` header to the next page.
 * @param url The URL of the list without its query. The query may contain an API key, which must
 * not appear in the link.
 */
export function showPage<Row extends { id: string }>(
  found: readonly Row[],
  { limit, filter = {} }: { limit: number; filter?: Filter },
  url: string,
): ShownPage<Row> {
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  if (!last || found.length <= limit) return { rows, headers: {} };
  const query = new URLSearchParams({ limit: String(limit), cursor: encodeCursor(last.id) });
  for (const [name, value] of Object.entries(filter)) {
    if (value !== undefined) query.set(name, String(value));
  }
  return { rows, headers: { link: `<${url}?${query.toString()}>; rel="next"` } };
}

/**
 * Returns the row id that a cursor contains. Returns undefined when the text is no cursor, or when
 * the id does not have this prefix.
 */
export function parseCursor(cursor: string, prefix: IdPrefix): string | undefined {
  const id = decodeCursor(cursor);
  return new RegExp(`^${prefix}_[0-9A-Za-z]{22}$`).test(id) ? id : undefined;
}
