import type { ComponentChildren } from "preact";

export interface Column<Row> {
  title: string;
  cell(row: Row): ComponentChildren;
  /** Whether the column contains numbers. Numbers are aligned to the right. */
  isNumber?: boolean;
}

interface DataTableProps<Row> {
  /** The table's caption, which only screen readers read. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  toKey(row: Row): string;
  /** Renders the actions of a row in the last column. */
  actions?: (row: Row) => ComponentChildren;
}

/** A table, which becomes a list of cards on a narrow screen. */
export function DataTable<Row>({ caption, columns, rows, toKey, actions }: DataTableProps<Row>) {
  return (
    <div class="table">
      <table>
        <caption class="heard">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ title, isNumber }) => (
              <th key={title} scope="col" class={isNumber ? "number" : ""}>
                {title}
              </th>
            ))}
            {actions && (
              <th scope="col">
                <span class="heard">Actions</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={toKey(row)}>
              {columns.map(({ title, cell, isNumber }) => (
                <td key={title} data-title={title} class={isNumber ? "number" : ""}>
                  {cell(row)}
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
