import { formatAgo } from "./ago.ts";
import { useNow } from "./use-now.ts";

const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

/** Returns a time as text, in the viewer's time zone. */
export const formatExactTime = (at: string): string => EXACT.format(new Date(at));

/** Shows how long ago a time was. The `title` contains the exact time in the viewer's time zone. */
export function TimeAgo({ at, never = "never" }: { at: string | null; never?: string }) {
  const now = useNow();
  if (at === null) return <span class="muted">{never}</span>;
  return (
    <time dateTime={at} title={formatExactTime(at)}>
      {formatAgo(Date.parse(at), now)}
    </time>
  );
}
