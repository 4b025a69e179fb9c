import { Badge } from "../../parts/states/badge.tsx";
import { useNow } from "../../parts/time/use-now.ts";
import type { ShownTracer } from "./tracer-latency.ts";

/** A tracer that has not arrived this long after it was sent is probably lost. */
const OVERDUE_MS = 15 * 60_000;

export function TracerState({ tracer: { state, sent_at, send_error } }: { tracer: ShownTracer }) {
  const nowMs = useNow();
  switch (state) {
    case "arrived":
      return <Badge tone="good">arrived</Badge>;
    case "failed":
      return (
        <div>
          <Badge tone="bad">not sent</Badge> {send_error}
        </div>
      );
    case "under_way":
      return nowMs - Date.parse(sent_at) < OVERDUE_MS ? (
        <Badge tone="busy">in progress</Badge>
      ) : (
        <Badge tone="bad">overdue</Badge>
      );
  }
}
