import { formatAgo } from "./ago.ts";
import { formatBothTimes, formatExactTime } from "./exact-time.ts";
import { useTimeStyle } from "./time-style.ts";
import { useNow } from "./use-now.ts";

/**
 * Shows a time as the viewer has chosen: how long ago it was, or exactly with its time zone. The
 * `title` contains the exact time in the viewer's time zone and in UTC. A time without a pointer to
 * hover it is shown exactly, too: while the keyboard is in its row (style/time.css).
 */
export function TimeAgo({ at, never = "never" }: { at: string | null; never?: string }) {
  const style = useTimeStyle();
  const now = useNow();
  if (at === null) return <span class="muted">{never}</span>;
  return (
    <time
      dateTime={at}
      title={formatBothTimes(at)}
      {...(style === "ago" && { "data-exact": formatExactTime(at) })}
    >
      {style === "ago" ? formatAgo(Date.parse(at), now) : formatExactTime(at, style)}
    </time>
  );
}
