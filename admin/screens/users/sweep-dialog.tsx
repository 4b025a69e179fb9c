import { api, done } from "../../api/client.ts";
import { CheckField } from "../../parts/forms/check-field.tsx";
import { Dialog } from "../../parts/forms/dialog.tsx";
import type { Fields } from "../../parts/forms/fields.ts";
import { Form } from "../../parts/forms/form.tsx";
import { TimeField } from "../../parts/forms/time-field.tsx";
import type { ShownUser } from "./edit/user-fields.tsx";

interface SweepDialogProps {
  user: ShownUser;
  onStarted(): void;
  onClose(): void;
}

/** Asks for a time range, and starts a sweep. A sweep reads mail that is already in the mailbox. */
export function SweepDialog({ user, onStarted, onClose }: SweepDialogProps) {
  const start = async ({ since = "", until = "", redeliver }: Fields) => {
    const json = { since, until, redeliver: redeliver === "true" };
    await done(api.users[":id"].sweep.$post({ param: { id: user.id }, json }));
    onStarted();
  };
  return (
    <Dialog title={`Sweep the mailbox of ${user.tag}?`} onClose={onClose}>
      <p>Reads mail that is already in the mailbox and delivers what was not delivered before.</p>
      <Form submit="Sweep" onSubmit={start} onCancel={onClose}>
        <TimeField
          name="since"
          label="Since"
          hint="Mail received at this time or later. Blank: 30 days ago. At most 366 days before the end."
        />
        <TimeField name="until" label="Until" hint="Blank: now." />
        <CheckField
          name="redeliver"
          label="Deliver again"
          hint="Also send mail that was delivered already, with its original webhook-id."
        />
      </Form>
    </Dialog>
  );
}
