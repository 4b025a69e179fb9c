import type { ComponentChildren } from "preact";
import { FieldFrame } from "./field-frame.tsx";

interface SelectFieldProps {
  name: string;
  label: string;
  hint?: ComponentChildren;
  /** The options, in the order in which they are shown. */
  options: readonly (readonly [value: string, text: string])[];
  /** The initially selected value. */
  value?: string;
  onChange?(value: string): void;
}

/** A field to select one of several values. */
export const SelectField = ({ name, label, hint, options, value, onChange }: SelectFieldProps) => (
  <FieldFrame name={name} label={label} hint={hint}>
    {(input) => (
      <select
        {...input}
        {...(onChange && { onChange: (event) => onChange(event.currentTarget.value) })}
      >
        {options.map(([one, text]) => (
          <option key={one} value={one} selected={one === value}>
            {text}
          </option>
        ))}
      </select>
    )}
  </FieldFrame>
);
