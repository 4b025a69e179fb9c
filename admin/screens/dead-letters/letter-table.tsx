import { useMay } from "../../session/use-may.ts";
import { type Column, DataTable } from "../../parts/lists/data-table.tsx";
import { PartnerLink } from "../../parts/states/partner-link.tsx";
import { TimeAgo } from "../../parts/time/time-ago.tsx";
import { UserLink } from "../../parts/states/user-link.tsx";
import { kindInWords } from "../../parts/states/event-kind.ts";
import type { Letter } from "./letter-query.ts";
import { isRedeliverable, LetterStateBadge } from "./letter-state-badge.tsx";
import type { LetterTask } from "./letter-task.ts";

interface LetterTableProps {
  letters: readonly Letter[];
  /** The ids of the selected letters. */
  chosen: ReadonlySet<string>;
  onChoose(id: string, isChosen: boolean): void;
  onTask(task: LetterTask): void;
}

const COLUMNS: readonly Column<Letter>[] = [
  {
    title: "Event",
    cell: ({ id, kind }) => (
      <a class="name" href={`/admin/dead-letters/${id}`}>
        {kindInWords(kind)}
      </a>
    ),
  },
  { title: "Failed", cell: ({ died_at }) => <TimeAgo at={died_at} /> },
  {
    title: "User",
    cell: ({ user_id, user_tag, partner_id, partner_name }) => (
      <div>
        <UserLink id={user_id} tag={user_tag} />
        <small>
          <PartnerLink id={partner_id} name={partner_name} />
        </small>
      </div>
    ),
  },
  { title: "Reason", cell: (letter) => <LetterReason letter={letter} /> },
  { title: "State", cell: (letter) => <LetterStateBadge letter={letter} /> },
];

export function LetterTable({ letters, chosen, onChoose, onTask }: LetterTableProps) {
  const choice = { chosen, onChoose, toName: nameLetter };
  const may = useMay();
  const open = (action: LetterTask["action"], letter: Letter) =>
    onTask({ action, choice: { kind: "one", letter }, count: 1 });
  return (
    <DataTable
      caption="Dead letters"
      columns={COLUMNS}
      rows={letters}
      toKey={({ id }) => id}
      choice={choice}
      actions={(letter) => (
        <>
          {may("support") && isRedeliverable(letter) && (
            <button
              type="button"
              class="small secondary outline"
              onClick={() => open("redeliver", letter)}
            >
              Redeliver
            </button>
          )}
          {may("operator") && (
            <button
              type="button"
              class="small secondary outline"
              onClick={() => open("delete", letter)}
            >
              Delete
            </button>
          )}
        </>
      )}
    />
  );
}

/** Returns a name that differs from those of the other letters of the page. */
const nameLetter = ({ kind, user_tag, id }: Letter) =>
  `${kindInWords(kind)} of ${user_tag ?? "an unknown user"}, ${id}`;

/** Shows why the delivery failed. If a redelivery has failed too, also shows why. */
export const LetterReason = ({ letter }: { letter: Letter }) => (
  <div class="reason">
    {letter.last_error}
    {letter.redelivery_error !== null && (
      <small class="fault">Not delivered again: {letter.redelivery_error}</small>
    )}
  </div>
);
