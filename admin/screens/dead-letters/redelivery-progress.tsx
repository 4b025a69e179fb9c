import { useRef } from "preact/hooks";
import { JobProgress } from "../../parts/job-progress.tsx";

/**
 * Shows the progress of redeliveries. The total is the highest value that `requested` has had since
 * this page was opened, or since `requested` was last 0.
 */
export function RedeliveryProgress({ requested }: { requested: number }) {
  const most = useRef(0);
  most.current = requested === 0 ? 0 : Math.max(most.current, requested);
  if (requested === 0) return null;
  return (
    <JobProgress
      title="Redelivering"
      done={most.current - requested}
      total={most.current}
      unit="letters processed (delivered, or failed again)"
    />
  );
}
