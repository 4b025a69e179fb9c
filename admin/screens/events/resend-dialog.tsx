import { useState } from "preact/hooks";
import { api, parseAnswer } from "../../api/client.ts";
import { useAnnounce } from "../../parts/announcements.tsx";
import { ConfirmDialog } from "../../parts/forms/confirm-dialog.tsx";
import { Dialog } from "../../parts/forms/dialog.tsx";

interface ResendDialogProps {
  ids: readonly string[];
  onClose(): void;
  /** Called after a request. */
  onDone(): void;
}

interface Refused {
  id: string;
  reason: string;
}

const eventsInWords = (count: number) => `${count} event${count === 1 ? "" : "s"}`;

/** Asks before events are sent again. Afterwards shows which ones cannot be, and why. */
export function ResendDialog({ ids, onClose, onDone }: ResendDialogProps) {
  const announce = useAnnounce();
  const [refused, setRefused] = useState<readonly Refused[] | null>(null);
  const resend = async () => {
    const answer = await parseAnswer(api.events.resend.$post({ json: { ids: [...ids] } }));
    announce(`Resending ${eventsInWords(answer.requested)}.`);
    if (answer.refused.length > 0) return setRefused(answer.refused);
    onClose();
    onDone();
  };
  if (refused !== null) {
    const close = () => {
      onClose();
      onDone();
    };
    return (
      <Dialog title={`${eventsInWords(refused.length)} cannot be sent again`} onClose={close}>
        <ul>
          {refused.map(({ id, reason }) => (
            <li key={id}>
              <code>{id}</code>: {reason}.
            </li>
          ))}
        </ul>
        <button type="button" onClick={close}>
          Close
        </button>
      </Dialog>
    );
  }
  return (
    <ConfirmDialog
      title={ids.length === 1 ? "Resend this event?" : `Resend ${eventsInWords(ids.length)}?`}
      action="Resend"
      isDangerous={false}
      onConfirm={resend}
      onClose={onClose}
    >
      <p>
        The webhook is called again under the same <code>webhook-id</code>, with as many attempts as
        a new event has. Delivered mail is fetched again from its mailbox.
      </p>
    </ConfirmDialog>
  );
}
