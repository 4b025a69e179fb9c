import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import pg from "pg";
import * as v from "valibot";

const statement = v.object({
  query: v.string(),
  params: v.optional(v.array(v.unknown()), []),
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

/** Implements Neon's SQL over HTTP. Parameters and results are text. A batch is one transaction. */
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
    });
    // A restart of the server closes idle connections. The pool replaces them, so the error is
    // ignored.
    pool.on("error", () => undefined);
    pools.set(connectionString, pool);
    return pool;
  }

  async function answerTo(headers: IncomingHttpHeaders, input: unknown): Promise<Answer> {
    const parsed = v.parse(body, input);
    const connected = await connect(String(headers["neon-connection-string"]));
    if ("status" in connected) return connected;
    // After an error the connection is closed. This rolls back the transaction, whatever its state.
    let isBroken = true;
    try {
      const answer =
        "queries" in parsed
          ? { results: await runBatch(connected, parsed.queries, buildBegin(headers)) }
          : await run(connected, parsed);
      isBroken = false;
      return { status: 200, answer };
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

async function runBatch(client: pg.PoolClient, statements: readonly Statement[], begin: string) {
  await client.query(begin);
  const results = [];
  for (const one of statements) results.push(await run(client, one));
  await client.query("COMMIT");
  return results;
}

async function run(client: pg.PoolClient, { query, params }: Statement) {
  const result = await client.query({
    text: query,
    values: params,
    rowMode: "array",
    types: { getTypeParser: () => (text: string) => text },
  });
  const { fields, rows, rowCount, command } = result;
  return { fields, rows, rowCount, command, rowAsArray: true };
}

function buildBegin(headers: IncomingHttpHeaders): string {
  const level = ISOLATION_LEVELS[String(headers["neon-batch-isolation-level"])];
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
