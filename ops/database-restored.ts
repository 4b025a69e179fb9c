import { beginTimeline } from "../db/timeline.ts";
import { toErrorText } from "../shared/errors.ts";
import { openNamedDatabase } from "../dev/stack/named-database.ts";

// Run this script after the database was set back to an earlier moment (docs/runbook.md).
try {
  await using database = await openNamedDatabase(process.env);
  await beginTimeline(database.db);
  console.log("The database has begun a new timeline: partners continue from their cursors");
} catch (error) {
  console.error(toErrorText(error));
  process.exitCode = 1;
}
