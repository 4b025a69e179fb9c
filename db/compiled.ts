import { is, Param, Placeholder, type Query as SqlText } from "drizzle-orm";
import {
  PgDatabase,
  PgDialect,
  PgPreparedQuery,
  PgSession,
  type PreparedQueryConfig,
} from "drizzle-orm/pg-core";
import type { Db, QueryResultHKT } from "./client.ts";
import { areSlots, isVariableSql, Lookup, type Slots } from "./lookup.ts";
import { type Query, query } from "./query.ts";

/** The most texts that one query has. More would mean that an argument decides too much. */
const MAX_SHAPES = 100;

/**
 * Compiles a query: it is built once for each shape of its arguments, and then only its values are
 * filled in. Drizzle takes more time to build a statement than to run it, so use this for what each
 * request or each mail needs.
 *
 * The shape is which arguments and fields are undefined, true or false, and the kinds of lookups.
 * Nothing else may decide about the text of the statement.
 *
 * @param build Builds the query with placeholders for its arguments. Reads the answer without
 * using the arguments.
 */
export function compiled<Args extends readonly unknown[], Answer>(
  build: (db: Db, ...slots: Slots<Args>) => Query<Answer>,
): (db: Db, ...args: Args) => Query<Answer> {
  const shapes = new Map<string, CompiledQuery<Answer>>();
  const buildAll = (db: Db, slots: readonly unknown[]) => {
    if (areSlots<Args>(slots, build.length - 1)) return build(db, ...slots);
    throw new Error(`Cannot build a query: got ${slots.length} arguments`);
  };
  return (db, ...args) => {
    const values = new Values();
    const shape = values.take(args, "");
    if (shape === undefined) return buildAll(db, args);
    let known = shapes.get(shape);
    if (!known) {
      known = compile((each) => buildAll(each, toSlots(args, "")));
      if (shapes.size < MAX_SHAPES) shapes.set(shape, known);
    }
    return query(new FilledStatement(db, known.text, values.byName), known.read);
  };
}

/** Collects the values of arguments by the names of their placeholders. */
class Values {
  readonly byName: Record<string, unknown> = {};

  /** Returns the shape of the arguments, or undefined if one of them is SQL that varies. */
  take(args: readonly unknown[], prefix: string): string | undefined {
    let shape = "";
    for (let index = 0; index < args.length; index++) {
      const one = this.#takeOne(args[index], `${prefix}${index}`);
      if (one === undefined) return undefined;
      shape += one;
    }
    return shape;
  }

  #takeOne(value: unknown, name: string): string | undefined {
    if (value instanceof Lookup) {
      const inner = this.take(value.args, `${name}.`);
      return inner === undefined ? undefined : `${value.kind}(${inner})`;
    }
    if (isFields(value)) {
      let shape = "";
      for (const key in value) {
        const one = this.#takeLeaf(value[key], `${name}.${key}`);
        if (one === undefined) return undefined;
        if (one !== "u") shape += `${key}:${one},`;
      }
      return `{${shape}}`;
    }
    return this.#takeLeaf(value, name);
  }

  #takeLeaf(value: unknown, name: string): string | undefined {
    if (value === undefined) return "u";
    if (value === true) return "t";
    if (value === false) return "f";
    if (value instanceof Lookup) return this.#takeOne(value, name);
    if (isVariableSql(value)) return undefined;
    this.byName[name] = value;
    return "v";
  }
}

/** Replaces values by placeholders, as `Values` names them. */
const toSlots = (args: readonly unknown[], prefix: string): unknown[] =>
  args.map((value, index) => {
    const name = `${prefix}${index}`;
    if (!isFields(value)) return toSlot(value, name);
    const fields = Object.entries(value);
    return Object.fromEntries(fields.map(([key, field]) => [key, toSlot(field, `${name}.${key}`)]));
  });

function toSlot(value: unknown, name: string): unknown {
  if (value === undefined || typeof value === "boolean") return value;
  if (value instanceof Lookup) return value.with(toSlots(value.args, `${name}.`));
  return new Placeholder(name);
}

const isFields = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/** A statement without values, and how its rows are read. */
type CompiledText = Pick<RecordedQuery, "sqlText" | "fields" | "isArray" | "joinsNotNullableMap">;

interface CompiledQuery<Answer> {
  text: CompiledText;
  read: (result: unknown) => Answer;
}

function compile<Answer>(build: (db: Db) => Query<Answer>): CompiledQuery<Answer> {
  const session = new RecordingSession(DIALECT);
  const built = build(new PgDatabase<QueryResultHKT>(DIALECT, session, undefined));
  const { statement } = built;
  if ("prepare" in statement && typeof statement.prepare === "function") statement.prepare("");
  const { recorded } = session;
  if (!recorded) throw new Error("Cannot compile a query: it has no statement");
  return { text: recorded, read: (result) => built.read(result) };
}

const DIALECT = new PgDialect();

type PrepareArgs = Parameters<PgSession["prepareQuery"]>;

/** A statement that Drizzle has built. It is never run. */
class RecordedQuery extends PgPreparedQuery<PreparedQueryConfig> {
  readonly sqlText: SqlText;
  readonly fields: PrepareArgs[1];
  readonly isArray: boolean;
  /** Set by Drizzle for a statement with joins. */
  declare joinsNotNullableMap?: unknown;

  constructor(sqlText: SqlText, fields: PrepareArgs[1], isArray: boolean) {
    super(sqlText, undefined, undefined);
    this.sqlText = sqlText;
    this.fields = fields;
    this.isArray = isArray;
  }

  execute(): Promise<never> {
    return Promise.reject(new Error("Cannot run a statement that is being compiled"));
  }
}

/** Keeps the last statement that Drizzle builds. */
class RecordingSession extends PgSession<QueryResultHKT> {
  recorded: RecordedQuery | undefined;

  prepareQuery(...[text, fields, , isArray]: PrepareArgs): RecordedQuery {
    this.recorded = new RecordedQuery(text, fields, isArray);
    return this.recorded;
  }

  transaction(): Promise<never> {
    return Promise.reject(new Error("Cannot begin a transaction in a statement"));
  }
}

/** Unlike Drizzle's `fillPlaceholders()`, this accepts null for a column with an encoder. */
function fill(param: unknown, values: Record<string, unknown>): unknown {
  if (is(param, Placeholder)) return values[param.name];
  if (!is(param, Param) || !is(param.value, Placeholder)) return param;
  const value = values[param.value.name];
  return value === null ? null : param.encoder.mapToDriverValue(value);
}

/** A compiled statement with its values, for one database. Runs when it is awaited. */
class FilledStatement implements PromiseLike<unknown> {
  declare readonly _: { readonly dialect: "pg"; readonly result: unknown };
  readonly #db: Db;
  readonly #text: CompiledText;
  readonly #values: Record<string, unknown>;

  constructor(db: Db, text: CompiledText, values: Record<string, unknown>) {
    this.#db = db;
    this.#text = text;
    this.#values = values;
  }

  /** Drizzle's batches call it. */
  _prepare(): PgPreparedQuery<PreparedQueryConfig> {
    const { sqlText, fields, isArray, joinsNotNullableMap } = this.#text;
    const params = sqlText.params.map((param) => fill(param, this.#values));
    const { session } = this.#db._;
    const filled = session.prepareQuery({ ...sqlText, params }, fields, undefined, isArray);
    return Object.assign(filled, { joinsNotNullableMap });
  }

  // oxlint-disable-next-line unicorn/no-thenable
  then<Fulfilled = unknown, Rejected = never>(
    onFulfilled?: ((result: unknown) => Fulfilled | PromiseLike<Fulfilled>) | null,
    onRejected?: ((error: unknown) => Rejected | PromiseLike<Rejected>) | null,
  ): Promise<Fulfilled | Rejected> {
    return this._prepare().execute().then(onFulfilled, onRejected);
  }
}
