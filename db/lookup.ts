import { is, type Placeholder, SQL, type SQLWrapper } from "drizzle-orm";

/**
 * An argument of a query as its builder sees it: a value, or a placeholder for it. So the builder
 * may put it into SQL, but must not decide anything by it. What decides is a boolean, or whether
 * the argument is undefined.
 */
export type Slot<T> = T extends string | number | Date | null
  ? T | Placeholder
  : T extends boolean | undefined | SQLWrapper
    ? T
    : { readonly [K in keyof T]: Slot<T[K]> };

export type Slots<Args extends readonly unknown[]> = { [K in keyof Args]: Slot<Args[K]> };

/** SQL that finds a value, such as the id of a row, and the values that it searches for. */
export class Lookup<T = unknown> implements SQLWrapper {
  /** Different for each kind of lookup. */
  readonly kind: string;
  readonly args: readonly unknown[];
  readonly #build: (args: readonly unknown[]) => SQL<T>;

  constructor(kind: string, args: readonly unknown[], build: (args: readonly unknown[]) => SQL<T>) {
    this.kind = kind;
    this.args = args;
    this.#build = build;
  }

  getSQL(): SQL<T> {
    return this.#build(this.args);
  }

  /** Returns the same lookup with other arguments. */
  with(args: readonly unknown[]): Lookup<T> {
    return new Lookup(this.kind, args, this.#build);
  }
}

let kinds = 0;

/** Creates a function that makes lookups of one kind. */
export function lookup<Args extends readonly unknown[], T>(
  build: (...slots: Slots<Args>) => SQL<T>,
): (...args: Slots<Args>) => Lookup<T> {
  const kind = String(kinds++);
  const buildAll = (slots: readonly unknown[]) => {
    if (areSlots<Args>(slots, build.length)) return build(...slots);
    throw new Error(`Cannot build a lookup: got ${slots.length} arguments, wanted ${build.length}`);
  };
  return (...args) => new Lookup(kind, args, buildAll);
}

/** Whether there are enough arguments for a builder with this number of parameters. */
export const areSlots = <Args extends readonly unknown[]>(
  slots: readonly unknown[],
  wanted: number,
): slots is Slots<Args> => slots.length >= wanted;

/** Whether a value is SQL whose text may be different each time. */
export const isVariableSql = (value: unknown): boolean => is(value, SQL);
