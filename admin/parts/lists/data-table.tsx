import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { toVisible } from "../../../shared/visible-text.ts";
import { useResultsFocus } from "./focus-results.ts";
import { SortLink } from "./sort-link.tsx";
import { type SortOrder, type Sorting, toAriaSort } from "./sorting.ts";

export interface Column<Row> {
  title: string;
  cell(row: Row): ComponentChildren;
  /** Whether the column contains numbers. Numbers are aligned to the right. */
  isNumber?: boolean;
  /** The order that the column's heading chooses first, in a table with `sorting`. */
  sort?: SortOrder;
}

/** Lets the admin choose rows. */
export interface RowChoice<Row> {
  chosen: ReadonlySet<string>;
  onChoose(key: string, isChosen: boolean): void;
  /** Returns the row's name, for the label of its checkbox. */
  toName(row: Row): string;
}

interface DataTableProps<Row> {
  /** The table's caption, which only screen readers read. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  toKey(row: Row): string;
  /** Renders the actions of a row in the last column. */
  actions?: (row: Row) => ComponentChildren;
  choice?: RowChoice<Row>;
  sorting?: Sorting;
}

/** A table, which becomes a list of cards on a narrow screen. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { caption, columns, rows, toKey, actions, choice } = props;
  const table = useRef<HTMLTableElement>(null);
  useResultsFocus(table);
  return (
    <div class="table">
      <table ref={table} tabIndex={-1}>
        <caption class="heard">{caption}</caption>
        <TableHead {...props} />
        <tbody>
          {rows.map((row) => (
            <tr key={toKey(row)}>
              {choice && (
                <td class="choice">
                  <Choice choice={choice} id={toKey(row)} name={choice.toName(row)} />
                </td>
              )}
              {columns.map(({ title, cell, isNumber }) => (
                <td key={title} data-title={title} class={isNumber ? "number" : ""}>
                  <div>{cell(row)}</div>
                </td>
              ))}
              {actions && <td class="row-actions">{actions(row)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function TableHead<Row>({ columns, actions, choice, sorting }: DataTableProps<Row>) {
  const heard = (text: string) => (
    <th scope="col">
      <span class="heard">{text}</span>
    </th>
  );
  return (
    <thead>
      <tr>
        {choice && heard("Chosen")}
        {columns.map(({ title, isNumber, sort }) => (
          <th
            key={title}
            scope="col"
            class={isNumber ? "number" : ""}
            {...(sort !== undefined && sorting && { "aria-sort": toAriaSort(sorting.order, sort) })}
          >
            {sort !== undefined && sorting ? (
              <SortLink title={title} first={sort} sorting={sorting} />
            ) : (
              title
            )}
          </th>
        ))}
        {actions && heard("Actions")}
      </tr>
    </thead>
  );
}

interface ChoiceProps {
  choice: Pick<RowChoice<never>, "chosen" | "onChoose">;
  id: string;
  name: string;
}

const Choice = ({ choice: { chosen, onChoose }, id, name }: ChoiceProps) => (
  <input
    type="checkbox"
    aria-label={`Choose ${toVisible(name)}`}
    checked={chosen.has(id)}
    onChange={(event) => onChoose(id, event.currentTarget.checked)}
  />
);
