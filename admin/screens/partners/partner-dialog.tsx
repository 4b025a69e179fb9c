import { useLocation } from "preact-iso";
import { api, done, parseAnswer } from "../../api/client.ts";
import { useAnnounce } from "../../parts/announcements.tsx";
import { ConfirmDialog } from "../../parts/forms/confirm-dialog.tsx";
import { Dialog } from "../../parts/forms/dialog.tsx";
import { Field } from "../../parts/forms/field.tsx";
import { Form } from "../../parts/forms/form.tsx";
import type { ShownPartner } from "./partner-answer.ts";
import { TestWebhookDialog } from "./webhooks/test-webhook-dialog.tsx";

export type PartnerTask = "test" | "rename" | "remove";

interface PartnerDialogProps {
  task: PartnerTask;
  partner: ShownPartner;
  onClose(): void;
  onChanged(): void;
}

/** Asks for confirmation of an action on a partner, then runs the action. */
export function PartnerDialog({ task, partner, onClose, onChanged }: PartnerDialogProps) {
  const announce = useAnnounce();
  const { route } = useLocation();
  const param = { id: partner.id };
  const one = api.partners[":id"];
  switch (task) {
    case "test":
      return <TestWebhookDialog partner={partner} onClose={onClose} />;
    case "rename":
      return (
        <Dialog title={`Rename ${partner.name}`} onClose={onClose}>
          <Form
            submit="Save"
            onCancel={onClose}
            onSubmit={async ({ name = "" }) => {
              await done(one.$patch({ param, json: { name } }));
              announce("Name saved.");
              onChanged();
              onClose();
            }}
          >
            <Field name="name" label="Name" value={partner.name} autocomplete="off" required />
          </Form>
        </Dialog>
      );
    case "remove":
      return (
        <ConfirmDialog
          title={`Delete ${partner.name}?`}
          action="Delete"
          typed={partner.name}
          onClose={onClose}
          onConfirm={async () => {
            const json = { name: partner.name };
            const { removal } = await parseAnswer(one.$delete({ param, json }));
            announce(`${partner.name} ${removal ? "is being removed" : "deleted"}.`);
            onChanged();
            onClose();
            if (!removal) route("/admin/partners");
          }}
        >
          <p>
            Its API keys stop working immediately, and its mail is no longer read or delivered. Its
            connections and users are deleted, with their mail log and dead letters. This cannot be
            undone.
          </p>
        </ConfirmDialog>
      );
  }
}
