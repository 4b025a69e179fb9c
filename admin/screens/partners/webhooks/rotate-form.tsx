import { CheckField } from "../../../parts/forms/check-field.tsx";
import { Field } from "../../../parts/forms/field.tsx";
import { Form } from "../../../parts/forms/form.tsx";

interface RotateFormProps {
  /**
   * The end of the current rotation's grace, in which the previous secret or key signs, too. Null
   * when no grace is in progress.
   */
  runningUntil: string | null;
  onRotate(json: { grace_hours: string; force: boolean }): Promise<void>;
  onCancel(): void;
}

/** The form that starts a rotation of the webhook secret or of the signing key. */
export const RotateForm = ({ runningUntil, onRotate, onCancel }: RotateFormProps) => (
  <Form
    submit="Rotate"
    onCancel={onCancel}
    onSubmit={({ grace_hours = "", force }) => onRotate({ grace_hours, force: force === "true" })}
  >
    <Field
      name="grace_hours"
      label="Overlap (hours)"
      hint="Webhooks are also signed with the old key for this long, 168 at most. 0: the old key stops immediately."
      value="24"
      inputmode="numeric"
      autocomplete="off"
      required
    />
    {runningUntil !== null && (
      <CheckField
        name="force"
        label="End the last rotation now"
        hint="The previous key still signs and stops immediately. Receivers that only have that key will reject webhooks."
      />
    )}
  </Form>
);
