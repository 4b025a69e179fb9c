import pg from "pg";

/** The tag of the demo user that gets tracers. */
export const TRACER_TAG = "carol";

/**
 * The fleet's settings for tracers, the mails that measure latency. Only one tracer per 30 s:
 * newcomers must find their own mail among the tracers.
 */
export const TRACER_ENV = { TRACER_INTERVAL: "30", NUM_TRACERS: "1" } as const;

/** Makes one demo user a tracer user. The user's tracers are also delivered to the webhook. */
export async function seedTracer(postgres: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgres });
  await client.connect();
  try {
    await client.query(
      "update users set enable_tracer = true, deliver_tracers = true where tag = $1 and not enable_tracer",
      [TRACER_TAG],
    );
  } finally {
    await client.end();
  }
}
