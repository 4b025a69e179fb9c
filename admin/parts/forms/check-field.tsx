import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

interface CheckFieldProps {
  name: string;
  label: string;
  hint?: ComponentChildren;
  isChecked?: boolean;
}

/**
 * A checkbox. If it is checked, the form contains `true` under `name`; otherwise it does not
 * contain `name`.
 */
export function CheckField({ name, label, hint, isChecked = false }: CheckFieldProps) {
  const id = useId();
  return (
    <div class="field">
      <label>
        <input
          type="checkbox"
          name={name}
          value="true"
          defaultChecked={isChecked}
          {...(hint && { "aria-describedby": `${id}-hint` })}
        />
        {label}
      </label>
      {hint && <small id={`${id}-hint`}>{hint}</small>}
    </div>
  );
}
