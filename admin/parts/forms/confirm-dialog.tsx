import type { ComponentChildren } from "preact";
import { Dialog } from "./dialog.tsx";
import type { Fields } from "./fields.ts";
import { Form } from "./form.tsx";
import { refuseUntyped, TypedField } from "./typed-field.tsx";

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
  const confirm = async (fields: Fields) => {
    refuseUntyped(fields, typed);
    await on.onConfirm();
  };
  return (
    <Dialog title={title} onClose={on.onClose}>
      {children}
      <Form submit={action} isDangerous={isDangerous} onSubmit={confirm} onCancel={on.onClose}>
        {typed !== undefined && <TypedField typed={typed} />}
      </Form>
    </Dialog>
  );
}
