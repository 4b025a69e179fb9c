import { useState } from "preact/hooks";
import { api, parseAnswer, until } from "../../../api/client.ts";
import { ConfirmDialog } from "../../../parts/forms/confirm-dialog.tsx";
import { Dialog } from "../../../parts/forms/dialog.tsx";
import { JobProgress } from "../../../parts/job-progress.tsx";
import { useLoaded } from "../../../parts/use-loaded.ts";
import { judgeProgress } from "./resend-progress.ts";

interface ResendDialogProps {
  ids: readonly string[];
  onClose(): void;
  /** Called after a request. */
  onDone(): void;
}

interface NamedFault {
  id: string;
  reason: string;
}

const eventsInWords = (count: number) => `${count} event${count === 1 ? "" : "s"}`;

/** Asks before events are sent again. Afterwards shows their progress, and which ones cannot be. */
export function ResendDialog({ ids, onClose, onDone }: ResendDialogProps) {
  const [refused, setRefused] = useState<readonly NamedFault[] | null>(null);
  const resend = async () => {
    const answer = await parseAnswer(api.events.resend.$post({ json: { ids: [...ids] } }));
    setRefused(answer.refused);
  };
  if (refused !== null) {
    const close = () => {
      onClose();
      onDone();
    };
    const isRefused = new Set(refused.map(({ id }) => id));
    const sent = ids.filter((id) => !isRefused.has(id));
    const title =
      sent.length > 0
        ? `Resending ${eventsInWords(sent.length)}`
        : `${eventsInWords(refused.length)} cannot be sent again`;
    return (
      <Dialog title={title} onClose={close}>
        {sent.length > 0 && <Progress ids={sent} />}
        {refused.length > 0 && (
          <>
            {sent.length > 0 && <p>{eventsInWords(refused.length)} cannot be sent again:</p>}
            <Faults faults={refused} />
          </>
        )}
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

/** Shows how many of the events are delivered again, until all are settled. */
function Progress({ ids }: { ids: readonly string[] }) {
  const [isSettled, setSettled] = useState(false);
  const { loaded } = useLoaded(
    async (signal) => {
      const query = { ids: ids.join(",") };
      const { states } = await parseAnswer(api.events.states.$get({ query }, until(signal)));
      const progress = judgeProgress(ids, states);
      setSettled(progress.waiting === 0);
      return progress;
    },
    { key: ids.join(), ...(!isSettled && { everyMs: 1_000 }) },
  );
  if (loaded.step !== "loaded") return <p aria-busy="true">Requested.</p>;
  const { delivered, waiting, failed } = loaded.value;
  return (
    <>
      <JobProgress title="Delivered again" done={delivered} total={ids.length} unit="events" />
      <p role="status">
        {waiting > 0
          ? "You can close this window. The deliveries continue."
          : failed.length === 0
            ? "All events are delivered again."
            : `${eventsInWords(failed.length)} failed:`}
      </p>
      <Faults faults={failed} />
    </>
  );
}

const Faults = ({ faults }: { faults: readonly NamedFault[] }) =>
  faults.length === 0 ? null : (
    <ul>
      {faults.map(({ id, reason }) => (
        <li key={id}>
          <a href={`/admin/events/${id}`}>
            <code>{id}</code>
          </a>
          : {reason}.
        </li>
      ))}
    </ul>
  );
