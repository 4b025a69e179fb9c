import { api, done } from "../../../api/client.ts";
import { useAnnounce } from "../../../parts/announcements.tsx";
import { ConfirmDialog } from "../../../parts/forms/confirm-dialog.tsx";
import { Dialog } from "../../../parts/forms/dialog.tsx";
import { Form } from "../../../parts/forms/form.tsx";
import { LinksDialog } from "../links-dialog.tsx";
import { SweepDialog } from "../sweep-dialog.tsx";
import { type UserTurn, USER_TURNS } from "../user-turns.ts";
import { TracerFields, tracerInput } from "./tracer-fields.tsx";
import { type ShownUser, UserFields } from "./user-fields.tsx";
import { userInput } from "./user-input.ts";

export type UserTask = "edit" | "links" | "sweep" | "tracer" | UserTurn;

interface UserDialogProps {
  task: UserTask;
  user: ShownUser;
  onClose(): void;
  onChanged(): void;
}

/** Asks for confirmation of an action on a user, then runs the action. */
export function UserDialog({ task, user, onClose, onChanged }: UserDialogProps) {
  const announce = useAnnounce();
  const finish = (told: string) => {
    announce(told);
    onChanged();
    onClose();
  };
  const one = api.users[":id"];
  const param = { id: user.id };
  switch (task) {
    case "edit":
      return (
        <Dialog title={`Edit ${user.tag}`} onClose={onClose}>
          <Form
            submit="Save"
            onCancel={onClose}
            onSubmit={async (fields) => {
              const json = userInput(fields);
              await done(one.$patch({ param, json }));
              finish(`${json.tag} saved.`);
            }}
          >
            <UserFields place={user} user={user} />
          </Form>
        </Dialog>
      );
    case "tracer":
      return (
        <Dialog title={`Is ${user.tag} a tracer?`} onClose={onClose}>
          <Form
            submit="Save"
            onCancel={onClose}
            onSubmit={async (fields) => {
              const json = tracerInput(fields);
              await done(one.$patch({ param, json }));
              finish(`${user.tag} is ${json.enable_tracer ? "now" : "no longer"} a tracer.`);
            }}
          >
            <TracerFields user={user} />
          </Form>
        </Dialog>
      );
    case "links":
      return <LinksDialog user={user} onClose={onClose} />;
    case "sweep":
      return (
        <SweepDialog user={user} onClose={onClose} onStarted={() => finish("Sweep started.")} />
      );
    case "retry":
    case "release":
    case "pause":
    case "resume":
    case "archive":
    case "restore": {
      const { question, action, text, told, change, isDangerous } = USER_TURNS[task];
      return (
        <ConfirmDialog
          title={question(user.tag)}
          action={action}
          isDangerous={isDangerous}
          onClose={onClose}
          onConfirm={async () => {
            await done(one.$patch({ param, json: change }));
            finish(told(user.tag));
          }}
        >
          <p>{text}</p>
        </ConfirmDialog>
      );
    }
  }
}
