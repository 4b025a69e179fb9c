import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import pg from "pg";
import * as v from "valibot";

const statement = v.object({
  query: v.string(),
  params: v.optional(v.array(v.unknown()), []),
  /** Replaces the header Neon-Array-Mode for this statement. */
  arrayMode: v.optional(v.boolean()),
});
const body = v.union([v.object({ queries: v.array(statement) }), statement]);
type Statement = v.InferOutput<typeof statement>;

interface Answer {
  status: number;
  answer: unknown;
}

/** The fields that Neon returns for a failed statement, with the names of pg's DatabaseError. */
const ERROR_FIELDS = [
  ...["severity", "code", "detail", "hint", "position", "internalPosition", "internalQuery"],
  ...["where", "schema", "table", "column", "dataType", "constraint", "file", "line", "routine"],
];

const ISOLATION_LEVELS: Record<string, string> = {
  Serializable: "SERIALIZABLE",
  ReadUncommitted: "READ UNCOMMITTED",
  ReadCommitted: "READ COMMITTED",
  RepeatableRead: "REPEATABLE READ",
};

const MAX_CONNECTIONS = 20;

/** The largest request. Neon has the same limit. */
const MAX_REQUEST_BYTES = 64 * 1_024 * 1_024;

/**
 * Implements Neon's SQL over HTTP, as the driver uses it: parameters and results are text
 * (`Neon-Raw-Text-Output: true`). A batch is one transaction. Source: neondatabase/neon,
 * proxy/src/serverless/sql_over_http.rs.
 */
export function newSqlEndpoint(postgres: { host: string; port: number }) {
  const pools = new Map<string, pg.Pool>();

  function ensurePool(connectionString: string): pg.Pool {
    const known = pools.get(connectionString);
    if (known) return known;
    const { username, password, pathname } = new URL(connectionString);
    const pool = new pg.Pool({
      ...postgres,
      user: decodeURIComponent(username),
      password: decodeURIComponent(password),
      database: decodeURIComponent(pathname.slice(1)),
      max: MAX_CONNECTIONS,
      // Short, because tests wait until no session of the edge is open.
      idleTimeoutMillis: 500,
    });
    // A restart of the server closes idle connections. The pool replaces them, so the error is
    // ignored.
    pool.on("error", () => undefined);
    pools.set(connectionString, pool);
    return pool;
  }

  async function answerTo(headers: IncomingHttpHeaders, input: unknown): Promise<Answer> {
    const parsed = v.parse(body, input);
    const begin = buildBegin(headers);
    const isArrayMode = headers["neon-array-mode"] === "true";
    const connected = await connect(String(headers["neon-connection-string"]));
    if ("status" in connected) return connected;
    let isBroken = false;
    try {
      const answer =
        "queries" in parsed
          ? { results: await runBatch(connected, { ...parsed, begin, isArrayMode }) }
          : await run(connected, parsed, isArrayMode);
      return { status: 200, answer };
    } catch (error) {
      isBroken = !(error instanceof pg.DatabaseError);
      throw error;
    } finally {
      connected.release(isBroken);
    }
  }

  /** Connects. As at Neon, the status is 500 if PostgreSQL cannot be reached, and 400 if it refuses. */
  async function connect(connectionString: string): Promise<pg.PoolClient | Answer> {
    try {
      return await ensurePool(connectionString).connect();
    } catch (error) {
      const isRefused = error instanceof pg.DatabaseError && error.code?.startsWith("57P") !== true;
      return { status: isRefused ? 400 : 500, answer: toErrorFields(error) };
    }
  }

  return {
    async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
      if (Number(request.headers["content-length"]) > MAX_REQUEST_BYTES) {
        response.writeHead(413).end();
        return;
      }
      const { status, answer } = await answerTo(request.headers, await json(request)).catch(
        (error: unknown) => ({ status: 400, answer: toErrorFields(error) }),
      );
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(answer));
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...pools.values()].map((pool) => pool.end()));
    },
  };
}

interface Batch {
  queries: readonly Statement[];
  begin: string;
  isArrayMode: boolean;
}

async function runBatch(client: pg.PoolClient, { queries, begin, isArrayMode }: Batch) {
  await client.query(begin);
  try {
    const results = [];
    for (const one of queries) results.push(await run(client, one, isArrayMode));
    await client.query("COMMIT");
    return results;
  } catch (error) {
    if (error instanceof pg.DatabaseError) await client.query("ROLLBACK");
    throw error;
  }
}

/** Runs a statement. Its rows are arrays or objects, and all values are text. */
async function run(client: pg.PoolClient, asked: Statement, isArrayMode: boolean) {
  const result = await client.query({
    text: asked.query,
    values: asked.params,
    types: { getTypeParser: () => (text: string) => text },
    rowMode: "array",
  });
  const { fields, rows, rowCount, command } = result;
  const rowAsArray = asked.arrayMode ?? isArrayMode;
  const toObject = (row: unknown[]) =>
    Object.fromEntries(fields.map(({ name }, index) => [name, row[index]]));
  return { fields, rows: rowAsArray ? rows : rows.map(toObject), rowCount, command, rowAsArray };
}

/** @throws when the isolation level is unknown. */
function buildBegin(headers: IncomingHttpHeaders): string {
  const wanted = headers["neon-batch-isolation-level"];
  const level = wanted === undefined ? undefined : ISOLATION_LEVELS[String(wanted)];
  if (wanted !== undefined && level === undefined) throw new Error("invalid isolation level");
  return [
    "BEGIN",
    level && `ISOLATION LEVEL ${level}`,
    headers["neon-batch-read-only"] === "true" && "READ ONLY",
    headers["neon-batch-deferrable"] === "true" && "DEFERRABLE",
  ]
    .filter(Boolean)
    .join(" ");
}

function toErrorFields(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  const given = new Map<string, unknown>(Object.entries(error));
  // The error of a lost connection has a code of Node, such as ECONNRESET, which Neon does not send.
  const isOwn = error instanceof pg.DatabaseError;
  const fields = ERROR_FIELDS.map((name) => [name, isOwn ? given.get(name) : null] as const);
  return { message: error.message, ...Object.fromEntries(fields) };
}
