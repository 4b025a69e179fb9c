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

/** Asks for the time range of a sweep, which reads mail that is already in the mailbox. */
export function SweepDialog({ user, onStarted, onClose }: SweepDialogProps) {
  const start = async ({ since = "", until = "", redeliver }: Fields) => {
    const json = { since, until, redeliver: redeliver === "true" };
    await done(api.users[":id"].sweep.$post({ param: { id: user.id }, json }));
    onStarted();
  };
  return (
    <Dialog title={`Sweep the mailbox of ${user.tag}?`} onClose={onClose}>
      <p>
        Reads the mail of some time that is in the mailbox already, and delivers what was not
        delivered.
      </p>
      <Form submit="Sweep" onSubmit={start} onCancel={onClose}>
        <TimeField
          name="since"
          label="Since"
          hint="When the mail server received it. 30 days ago if empty, 366 days before the end at most."
        />
        <TimeField name="until" label="Until" hint="Now if empty." />
        <CheckField
          name="redeliver"
          label="Deliver again"
          hint="Also what was delivered already, under its first webhook-id."
        />
      </Form>
    </Dialog>
  );
}
