import type { JSONValue } from "hono/utils/types";

export interface FieldChange {
  field: string;
  /** The value before the change. Undefined if the entry does not record one. */
  before?: string;
  /** The value after the change, or the value of a detail. */
  after?: string;
}

interface RecordedChange {
  before: JSONValue;
  after: JSONValue;
  details: JSONValue;
}

/**
 * Lists what an entry of the audit log records about a change, field by field.
 *
 *   before and after     a changed field, with both values
 *   details.fields       the names of changed fields whose values are not recorded
 *   other details        a value
 */
export function describeChange({ before, after, details }: RecordedChange): FieldChange[] {
  const [old, fresh] = [toFields(before), toFields(after)];
  const { fields: unrecorded, ...others } = toFields(details);
  const names = [...new Set([...Object.keys(old), ...Object.keys(fresh)])];
  return [
    ...names.map((field) => ({
      field,
      ...(field in old && { before: toText(old[field]) }),
      ...(field in fresh && { after: toText(fresh[field]) }),
    })),
    ...splitNames(unrecorded).map((field) => ({ field })),
    ...Object.entries(others).map(([field, value]) => ({ field, after: toText(value) })),
  ];
}

const toFields = (value: JSONValue): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};

const splitNames = (names: unknown): string[] =>
  typeof names === "string" ? names.split(" ").filter(Boolean) : [];

function toText(value: unknown): string {
  if (value === null || value === undefined || value === "") return "none";
  if (value === true) return "yes";
  if (value === false) return "no";
  return typeof value === "string" ? value : JSON.stringify(value);
}
