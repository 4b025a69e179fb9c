import type { ComponentChildren } from "preact";

export interface Column<Row> {
  title: string;
  cell(row: Row): ComponentChildren;
  /** Of numbers: they are compared by their last digits. */
  isNumber?: boolean;
}

interface DataTableProps<Row> {
  /** What the rows are, for who hears the page. */
  caption: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf(row: Row): string;
  /** The last column: what can be done with a row. */
  actions?: (row: Row) => ComponentChildren;
}

/** A table that on a narrow screen becomes a list of cards. */
export function DataTable<Row>({ caption, columns, rows, keyOf, actions }: DataTableProps<Row>) {
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
            <tr key={keyOf(row)}>
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
