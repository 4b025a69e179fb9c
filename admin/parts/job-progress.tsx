import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface JobProgressProps {
  title: string;
  done: number;
  total: number;
  /** What `done` and `total` count, such as `users`. */
  unit: string;
  /** More details below the bar. */
  children?: ComponentChildren;
}

const NUMBER = new Intl.NumberFormat();

/** The progress of a long job. */
export function JobProgress({ title, done, total, unit, children }: JobProgressProps) {
  const id = useId();
  return (
    <div class="job">
      <label for={id}>{title}</label>
      <progress id={id} value={done} max={Math.max(total, 1)} />
      <p class="muted">
        {NUMBER.format(done)} of {NUMBER.format(total)} {unit}
      </p>
      {children}
    </div>
  );
}
