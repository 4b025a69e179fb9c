import { CheckField } from "../../../parts/forms/check-field.tsx";
import { Field } from "../../../parts/forms/field.tsx";
import { Form } from "../../../parts/forms/form.tsx";

interface RotateFormProps {
  /** Until when the previous key also signs; null when there is none. */
  runningUntil: string | null;
  onRotate(json: { grace_hours: string; force: boolean }): Promise<void>;
  onCancel(): void;
}

/** The form for the rotation of a key. */
export const RotateForm = ({ runningUntil, onRotate, onCancel }: RotateFormProps) => (
  <Form
    submit="Rotate"
    onCancel={onCancel}
    onSubmit={({ grace_hours = "", force }) => onRotate({ grace_hours, force: force === "true" })}
  >
    <Field
      name="grace_hours"
      label="Hours with both"
      hint="For so long webhooks are signed with the present key, too, up to 168. 0: it stops at once."
      value="24"
      inputmode="numeric"
      autocomplete="off"
      required
    />
    {runningUntil !== null && (
      <CheckField
        name="force"
        label="End the last rotation now"
        hint="Its previous key signs still, and would stop at once: who knows only that one refuses webhooks."
      />
    )}
  </Form>
);
