import { FailureNote } from "../../parts/failure-note.tsx";
import { useAction } from "../../parts/use-action.ts";
import { downloadMail } from "./download-mail.ts";
import type { Letter } from "./letter-query.ts";
import { isRedeliverable } from "./letter-state-badge.tsx";
import type { LetterTask } from "./letter-task.ts";

interface LetterActionsProps {
  letter: Letter;
  onTask(task: LetterTask): void;
}

export function LetterActions({ letter, onTask }: LetterActionsProps) {
  const { run, isBusy, failure } = useAction();
  const open = (action: LetterTask["action"]) =>
    onTask({ action, choice: { kind: "one", letter }, count: 1 });
  return (
    <section>
      <div class="actions">
        {isRedeliverable(letter) && (
          <button type="button" onClick={() => open("redeliver")}>
            Redeliver
          </button>
        )}
        {letter.kind === "new_mail" && (
          <button
            type="button"
            class="secondary"
            aria-busy={isBusy}
            disabled={isBusy}
            onClick={() => void run(() => downloadMail(letter.id))}
          >
            Download .eml
          </button>
        )}
        <button type="button" class="secondary outline" onClick={() => open("delete")}>
          Delete
        </button>
      </div>
      {failure && <FailureNote failure={failure} />}
    </section>
  );
}
