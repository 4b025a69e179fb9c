import { api, done } from "../../api/client.ts";
import { useAnnounce } from "../announcements.tsx";
import { Dialog } from "../forms/dialog.tsx";
import { Field } from "../forms/field.tsx";
import type { Fields } from "../forms/fields.ts";
import { Form } from "../forms/form.tsx";

interface SaveFilterDialogProps {
  /** The screen, and the query of its address. */
  filter: { path: string; query: string };
  onClose(): void;
  onSaved(): void;
}

/** Asks for the name of a filter, and saves it for the signed-in admin. */
export function SaveFilterDialog({ filter, onClose, onSaved }: SaveFilterDialogProps) {
  const announce = useAnnounce();
  const save = async ({ name = "" }: Fields) => {
    await done(api["saved-filters"].$post({ json: { ...filter, name } }));
    announce(`${name} saved.`);
    onSaved();
    onClose();
  };
  return (
    <Dialog title="Save this filter" onClose={onClose}>
      <p>Only you see your saved filters. To share one, send the address of this page.</p>
      <Form submit="Save" onSubmit={save} onCancel={onClose}>
        <Field
          name="name"
          label="Name"
          hint="A saved filter with the same name is replaced."
          autocomplete="off"
          required
        />
      </Form>
    </Dialog>
  );
}
