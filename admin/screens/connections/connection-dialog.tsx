import { useLocation } from "preact-iso";
import { api, done, parseAnswer } from "../../api/client.ts";
import { useAnnounce } from "../../parts/announcements.tsx";
import { ConfirmDialog } from "../../parts/forms/confirm-dialog.tsx";
import { Dialog } from "../../parts/forms/dialog.tsx";
import { Form } from "../../parts/forms/form.tsx";
import { ClientFields } from "./client-fields.tsx";
import { clientJson } from "./client-json.ts";
import type { ShownConnection } from "./connection-answer.ts";

export type ConnectionTask = "edit" | "remove";

interface ConnectionDialogProps {
  task: ConnectionTask;
  connection: ShownConnection;
  partnerName: string;
  onClose(): void;
  onChanged(): void;
}

/** Asks for confirmation of an action on a connection, then runs the action. */
export function ConnectionDialog({ task, connection, partnerName, ...on }: ConnectionDialogProps) {
  const announce = useAnnounce();
  const { route } = useLocation();
  const { id, kind, provider_title, imap_provider_code, users_count } = connection;
  const one = api.connections[":id"];
  const param = { id };
  switch (task) {
    case "edit":
      return (
        <Dialog title="Edit the OAuth client" onClose={on.onClose}>
          <Form
            submit="Save"
            onCancel={on.onClose}
            onSubmit={async (fields) => {
              await done(one.$patch({ param, json: clientJson(kind, fields) }));
              announce("OAuth client saved.");
              on.onChanged();
              on.onClose();
            }}
          >
            <ClientFields kind={kind} connection={connection} />
          </Form>
        </Dialog>
      );
    case "remove":
      return (
        <ConfirmDialog
          title={`Delete the connection to ${provider_title}?`}
          action="Delete"
          typed={imap_provider_code}
          onClose={on.onClose}
          onConfirm={async () => {
            const { purge } = await parseAnswer(one.$delete({ param }));
            route(`/admin/connections/${id}?purge=${purge.id}`, true);
          }}
        >
          <p>
            {users_count === 0
              ? "It has no users."
              : `Its ${users_count} users are deleted, with their mail log and their dead letters.`}{" "}
            {partnerName} receives no more events for them. This cannot be undone.
          </p>
        </ConfirmDialog>
      );
  }
}
