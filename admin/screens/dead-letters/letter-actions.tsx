import { FailureNote } from "../../parts/failure-note.tsx";
import { useMay } from "../../session/use-may.ts";
import { useAction } from "../../parts/use-action.ts";
import type { Letter } from "./letter-query.ts";
import { isRedeliverable } from "./letter-state-badge.tsx";
import type { LetterTask } from "./letter-task.ts";
import { api, readBlob } from "../../api/client.ts";
import { saveBlob } from "../../parts/save-blob.ts";

interface LetterActionsProps {
  letter: Letter;
  onTask(task: LetterTask): void;
}

export function LetterActions({ letter, onTask }: LetterActionsProps) {
  const may = useMay();
  const { run, isBusy, failure } = useAction();
  const open = (action: LetterTask["action"]) =>
    onTask({ action, choice: { kind: "one", letter }, count: 1 });
  return (
    <section>
      <div class="actions">
        {may("support") && isRedeliverable(letter) && (
          <button type="button" onClick={() => open("redeliver")}>
            Redeliver
          </button>
        )}
        {may("support") && letter.kind === "new_mail" && (
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
        {may("operator") && (
          <button type="button" class="secondary outline" onClick={() => open("delete")}>
            Delete
          </button>
        )}
      </div>
      {failure && <FailureNote failure={failure} />}
    </section>
  );
}

/**
 * Makes the browser save the mail of a letter as an .eml file. Rejects when the letter has no mail.
 */
async function downloadMail(id: string): Promise<void> {
  const file = await readBlob(api["dead-letters"][":id"].eml.$get({ param: { id } }));
  saveBlob(file, `${id}.eml`);
}
