import pg from "pg";

/** Of the demo user that is sent tracers. */
export const TRACER_TAG = "carol";

/** Sends few, so that a newcomer's own mail is seen among them. */
export const TRACER_ENV = { TRACER_INTERVAL: "30", NUM_TRACERS: "1" } as const;

/** Makes a tracer user of a demo user, whose tracers go all the way to the webhook. */
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
