import { useState } from "preact/hooks";
import { BulkDialog } from "../../../parts/bulk/bulk-dialog.tsx";
import { countInWords } from "../../../parts/lists/total.tsx";
import { BULK_TEXTS } from "./bulk-texts.ts";
import {
  type AskedUsers,
  BULK_TURNS,
  type BulkTurn,
  listUserIds,
  MAX_BULK,
  performTurn,
  type UserChoice,
} from "./bulk-users.ts";

interface UserToolbarProps {
  /** How many users are on this page. */
  onPage: number;
  /** The ids of the users that are chosen on this page. */
  chosen: readonly string[];
  asked: AskedUsers;
  total: { count: number; is_more: boolean };
  onChooseAll(isChosen: boolean): void;
  onDone(): void;
}

const WORDS = { one: "user", many: "users" };

/**
 * Shows how many users match, and the actions on the chosen ones. When none is chosen, the actions
 * apply to all that match the filters.
 */
export function UserToolbar({ onPage, chosen, asked, total, ...on }: UserToolbarProps) {
  const [turn, setTurn] = useState<BulkTurn | null>(null);
  const isChosen = chosen.length > 0;
  const choice: UserChoice = isChosen
    ? { kind: "chosen", ids: chosen }
    : { kind: "matching", asked };
  const count = isChosen ? { count: chosen.length, is_more: false } : total;
  const close = () => {
    setTurn(null);
    on.onDone();
  };
  return (
    <div class="toolbar">
      <label>
        <input
          type="checkbox"
          checked={chosen.length === onPage}
          onChange={(event) => on.onChooseAll(event.currentTarget.checked)}
        />
        All on this page
      </label>
      <span class="muted">
        {countInWords(count, WORDS)} {isChosen ? "chosen" : "in all"}
      </span>
      {BULK_TURNS.map((one) => (
        <button
          key={one}
          type="button"
          class="small secondary outline"
          onClick={() => setTurn(one)}
        >
          {BULK_TEXTS[one].action} {isChosen ? "chosen" : "all"}
        </button>
      ))}
      {turn && (
        <BulkDialog
          title={BULK_TEXTS[turn].question(countInWords(count, WORDS))}
          action={BULK_TEXTS[turn].action}
          isDangerous={BULK_TEXTS[turn].isDangerous}
          {...(!isChosen && BULK_TEXTS[turn].isDangerous && { typed: `${turn} all` })}
          unit="users"
          listIds={(signal) => listUserIds(choice, signal)}
          perform={(id) => performTurn(turn, id)}
          onClose={close}
        >
          <p>{BULK_TEXTS[turn].text}</p>
          {count.is_more && (
            <p>
              One action changes {MAX_BULK.toLocaleString()} users at most, newest first. Narrow the
              filters to reach the others.
            </p>
          )}
        </BulkDialog>
      )}
    </div>
  );
}
