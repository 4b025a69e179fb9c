import type { InferResponseType } from "hono/client";
import type { api } from "../../api/client.ts";

/** How everything stands, as the API tells it. */
export type Overview = InferResponseType<typeof api.overview.$get, 200>;
