import { api, done } from "../../api/client.ts";
import { useAnnounce } from "../../parts/announcements.tsx";
import { ConfirmDialog } from "../../parts/forms/confirm-dialog.tsx";
import type { SectionProps } from "./partner-sections.tsx";

interface PauseDialogProps extends SectionProps {
  onClose(): void;
}

/**
 * Asks for confirmation, then pauses a partner's deliveries. If they are paused, resumes them, no
 * matter who or what paused them.
 */
export function PauseDialog({ partner, onClose, onChanged }: PauseDialogProps) {
  const isPaused = partner.paused_at !== null;
  const announce = useAnnounce();
  const one = api.partners[":id"];
  const param = { id: partner.id };
  const change = async () => {
    await done(isPaused ? one.resume.$post({ param }) : one.pause.$post({ param }));
    announce(`Deliveries of ${partner.name} ${isPaused ? "resumed" : "paused"}.`);
    onChanged();
    onClose();
  };
  return isPaused ? (
    <ConfirmDialog
      title={`Resume the deliveries of ${partner.name}?`}
      action="Resume"
      isDangerous={false}
      onConfirm={change}
      onClose={onClose}
    >
      <p>{partner.lane.description}</p>
      <p>Waiting events are delivered now, the oldest first.</p>
    </ConfirmDialog>
  ) : (
    <ConfirmDialog
      title={`Pause the deliveries of ${partner.name}?`}
      action="Pause"
      onConfirm={change}
      onClose={onClose}
    >
      <p>
        No webhook is called until deliveries are resumed. Events wait, and when the quota is full,
        mail waits in its mailboxes. Nothing is lost.
      </p>
    </ConfirmDialog>
  );
}
