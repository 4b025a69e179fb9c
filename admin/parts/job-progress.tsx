import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface JobProgressProps {
  /** What is being done. */
  title: string;
  done: number;
  total: number;
  /** What is counted: `users`. */
  unit: string;
  /** What else there is to say of it. */
  children?: ComponentChildren;
}

const NUMBER = new Intl.NumberFormat();

/** How far something is that takes long. */
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
