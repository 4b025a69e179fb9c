import type { ComponentChildren, VNode } from "preact";
import { useId } from "preact/hooks";
import { useFault } from "./form.tsx";

interface Attributes {
  autocomplete?: string;
  inputmode?: "numeric";
  placeholder?: string;
  required?: boolean;
  autofocus?: boolean;
}

interface FieldProps extends Attributes {
  name: string;
  label: string;
  hint?: ComponentChildren;
  type?: keyof typeof INPUTS;
  /** What the field holds at first. */
  value?: string;
}

/** One for each type, since what else an input may have depends on it. */
const INPUTS = {
  text: (attributes: Attributes): VNode => <input type="text" {...attributes} />,
  password: (attributes: Attributes): VNode => <input type="password" {...attributes} />,
  email: (attributes: Attributes): VNode => <input type="email" {...attributes} />,
  url: (attributes: Attributes): VNode => <input type="url" {...attributes} />,
  number: (attributes: Attributes): VNode => <input type="number" {...attributes} />,
};

/** One line of a form: what is wanted, what that is good for, and what is wrong with it. */
export function Field({ name, label, hint, value, type = "text", ...input }: FieldProps) {
  const id = useId();
  const fault = useFault(name);
  const described = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(" ");
  const attributes = {
    ...input,
    id,
    name,
    ...(value !== undefined && { defaultValue: value }),
    ...(described && { "aria-describedby": described }),
    ...(fault && { "aria-invalid": "true" as const }),
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {INPUTS[type](attributes)}
      {hint && <small id={`${id}-hint`}>{hint}</small>}
      {fault && (
        <small id={`${id}-fault`} class="fault">
          {sentence(label, fault)}
        </small>
      )}
    </div>
  );
}

/** The server says `is missing`. */
const sentence = (label: string, fault: string) =>
  /^[a-z]/.test(fault) ? `${label} ${fault}.` : `${fault}.`;
