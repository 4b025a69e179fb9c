import type { UserTask } from "./edit/user-dialog.tsx";
import type { ShownUser } from "./edit/user-fields.tsx";

/** The states of users who wait for their next login. A quarantined user is released instead. */
const RETRIED: ReadonlySet<ShownUser["state"]> = new Set(["backoff", "unreachable", "auth_failed"]);

interface UserActionsProps {
  user: ShownUser;
  onChoose(task: UserTask): void;
}

/** Shows the actions that are possible in the user's current state. */
export function UserActions({ user, onChoose }: UserActionsProps) {
  const isArchived = user.archived_at !== null;
  const isPaused = user.paused_at !== null;
  const open = (task: UserTask, title: string) => (
    <button type="button" class="small secondary outline" onClick={() => onChoose(task)}>
      {title}
    </button>
  );
  return (
    <>
      {open("edit", "Edit")}
      {!isArchived && open("links", "Links")}
      {!isArchived && !isPaused && open("sweep", "Sweep")}
      {RETRIED.has(user.state) && open("retry", "Retry now")}
      {user.state === "quarantined" && open("release", "Release")}
      {!isArchived && (isPaused ? open("resume", "Resume") : open("pause", "Pause"))}
      {open("tracer", "Tracer")}
      {isArchived ? open("restore", "Restore") : open("archive", "Archive")}
    </>
  );
}
