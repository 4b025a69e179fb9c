import type { ComponentChildren } from "preact";
import { FieldFrame } from "./field-frame.tsx";

interface LinesFieldProps {
  name: string;
  label: string;
  hint?: ComponentChildren;
  lines?: readonly string[];
  placeholder?: string;
}

const MIN_ROWS = 3;

/** A field for several texts, one per line. */
export const LinesField = ({ name, label, hint, lines = [], placeholder }: LinesFieldProps) => (
  <FieldFrame name={name} label={label} hint={hint}>
    {(input) => (
      <textarea
        {...input}
        {...(placeholder !== undefined && { placeholder })}
        rows={Math.max(MIN_ROWS, lines.length + 1)}
        spellcheck={false}
        defaultValue={lines.join("\n")}
      />
    )}
  </FieldFrame>
);
