import type { ComponentChildren, VNode } from "preact";
import { useId } from "preact/hooks";
import { useFault } from "./form.tsx";

/** The attributes that link an input to its label, hint and error message. */
export interface FieldInput {
  id: string;
  name: string;
  "aria-describedby"?: string;
  "aria-invalid"?: "true";
}

export interface FieldFrameProps {
  name: string;
  label: string;
  hint?: ComponentChildren;
}

/** One field of a form: its label, hint, input and error message. */
export function FieldFrame({
  name,
  label,
  hint,
  children,
}: FieldFrameProps & { children: (input: FieldInput) => VNode }) {
  const id = useId();
  const fault = useFault(name);
  const described = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children({
        id,
        name,
        ...(described && { "aria-describedby": described }),
        ...(fault && { "aria-invalid": "true" as const }),
      })}
      {hint && <small id={`${id}-hint`}>{hint}</small>}
      {fault && (
        <small id={`${id}-fault`} class="fault">
          {sentence(label, fault)}
        </small>
      )}
    </div>
  );
}

/**
 * Makes a sentence of a field's error message. The label becomes the subject of a message in small
 * letters: `is missing` becomes `Tag is missing.`
 */
const sentence = (label: string, fault: string) =>
  /^[a-z]/.test(fault) ? `${label} ${fault}.` : `${fault}.`;
