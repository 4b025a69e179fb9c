import type { ComponentChildren, VNode } from "preact";
import { FieldFrame } from "./field-frame.tsx";

interface Attributes {
  autocomplete?: string;
  inputmode?: "numeric" | "url";
  placeholder?: string;
  required?: boolean;
  autofocus?: boolean;
}

interface FieldProps extends Attributes {
  name: string;
  label: string;
  hint?: ComponentChildren;
  type?: keyof typeof INPUTS;
  /** The initial value. */
  value?: string;
}

/**
 * The functions that render an `<input>`, by `type`. There is one for each `type`, because Preact's
 * typings allow different attributes for each `type`.
 */
const INPUTS = {
  text: (attributes: Attributes): VNode => <input type="text" {...attributes} />,
  password: (attributes: Attributes): VNode => <input type="password" {...attributes} />,
  email: (attributes: Attributes): VNode => <input type="email" {...attributes} />,
  url: (attributes: Attributes): VNode => <input type="url" {...attributes} />,
  number: (attributes: Attributes): VNode => <input type="number" {...attributes} />,
};

export const Field = ({ name, label, hint, value, type = "text", ...more }: FieldProps) => (
  <FieldFrame name={name} label={label} hint={hint}>
    {(input) =>
      INPUTS[type]({ ...more, ...input, ...(value !== undefined && { defaultValue: value }) })
    }
  </FieldFrame>
);
