import { formatDuration } from "./duration.ts";
import { useNow } from "./use-now.ts";

const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
/** Content that is refreshed every few seconds is old after this time. */
const OLD_MS = 10_000;

/** Shows when the content of a page was true. An old time is a warning. */
export function AsOf({ atMs }: { atMs: number }) {
  const ageMs = Math.max(useNow() - atMs, 0);
  const isOld = ageMs > OLD_MS;
  return (
    <p class={isOld ? "as-of old" : "as-of muted"}>
      {isOld && "Not current: "}as of {TIME.format(atMs)} ({formatDuration(ageMs)} ago)
    </p>
  );
}
