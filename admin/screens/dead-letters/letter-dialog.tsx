import { useAnnounce } from "../../parts/announcements.tsx";
import { ConfirmDialog } from "../../parts/forms/confirm-dialog.tsx";
import { lettersInWords, type LetterTask, performTask } from "./letter-task.ts";

interface LetterDialogProps {
  task: LetterTask;
  onClose(): void;
  onDone(): void;
}

/** Shows what an action does and how many letters it affects. Runs it after confirmation. */
export function LetterDialog({ task, onClose, onDone }: LetterDialogProps) {
  const announce = useAnnounce();
  const perform = async () => {
    announce(await performTask(task));
    onClose();
    onDone();
  };
  const { action, choice, count } = task;
  const isOne = choice.kind === "one";
  const shared = { onConfirm: perform, onClose };
  switch (action) {
    case "redeliver":
      return (
        <ConfirmDialog
          title={isOne ? "Redeliver this event?" : `Redeliver ${lettersInWords(count)}?`}
          action="Redeliver"
          isDangerous={false}
          {...shared}
        >
          <p>
            The webhook is called again under the same <code>webhook-id</code>, with as many
            attempts as a new event has.
          </p>
          {!isOne && (
            <p>Events that are already being redelivered, or cannot be read, are left out.</p>
          )}
        </ConfirmDialog>
      );
    case "delete":
      return (
        <ConfirmDialog
          title={isOne ? "Delete this dead letter?" : `Delete ${lettersInWords(count)}?`}
          action="Delete"
          {...(count > 1 && { typed: `delete ${count}` })}
          {...shared}
        >
          <p>
            {isOne ? "Its event is" : "Their events are"} never delivered, and the stored mail is
            permanently deleted here. The mail stays in the user's mailbox.
          </p>
        </ConfirmDialog>
      );
  }
}
