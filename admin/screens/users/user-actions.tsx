import type { UserTask } from "./edit/user-dialog.tsx";
import type { ShownUser } from "./edit/user-fields.tsx";
import { useMay } from "../../session/use-may.ts";

/** The states of users who wait for their next login. A quarantined user is released instead. */
const RETRIED: ReadonlySet<ShownUser["state"]> = new Set(["backoff", "unreachable", "auth_failed"]);

interface UserActionsProps {
  user: ShownUser;
  onChoose(task: UserTask): void;
}

/** Shows the actions that the user's current state and the admin's role allow. */
export function UserActions({ user, onChoose }: UserActionsProps) {
  const isArchived = user.archived_at !== null;
  const isPaused = user.paused_at !== null;
  const may = useMay();
  const open = (task: UserTask, title: string) => (
    <button type="button" class="small secondary outline" onClick={() => onChoose(task)}>
      {title}
    </button>
  );
  const sweep = !isArchived && !isPaused && open("sweep", "Sweep");
  if (!may("operator")) return may("support") && sweep;
  return (
    <>
      {open("edit", "Edit")}
      {!isArchived && open("links", "Links")}
      {sweep}
      {RETRIED.has(user.state) && open("retry", "Retry now")}
      {user.state === "quarantined" && open("release", "Release")}
      {!isArchived && (isPaused ? open("resume", "Resume") : open("pause", "Pause"))}
      {open("tracer", "Tracer")}
      {isArchived ? open("restore", "Restore") : open("archive", "Archive")}
    </>
  );
}
