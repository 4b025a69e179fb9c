import type { ComponentChildren } from "preact";
import { Failure } from "../../api/failure.ts";
import { Dialog } from "./dialog.tsx";
import { Field } from "./field.tsx";
import { Form } from "./form.tsx";

interface ConfirmDialogProps {
  title: string;
  /** What the action does or deletes. */
  children: ComponentChildren;
  /** The text of the button that confirms the action. */
  action: string;
  /** A text that the admin must type to confirm, to prevent accidents. */
  typed?: string;
  isDangerous?: boolean;
  onConfirm(): Promise<void>;
  onClose(): void;
}

export function ConfirmDialog({
  title,
  children,
  action,
  typed,
  isDangerous = true,
  ...on
}: ConfirmDialogProps) {
  const confirm = async (fields: Readonly<Record<string, string>>) => {
    if (typed !== undefined && fields["typed"] !== typed) {
      throw new Failure("page", "Not confirmed", { fields: { typed: `must be ${typed}` } });
    }
    await on.onConfirm();
  };
  return (
    <Dialog title={title} onClose={on.onClose}>
      {children}
      <Form submit={action} isDangerous={isDangerous} onSubmit={confirm} onCancel={on.onClose}>
        {typed !== undefined && (
          <Field name="typed" label={`Type ${typed} to confirm`} autocomplete="off" required />
        )}
      </Form>
    </Dialog>
  );
}
