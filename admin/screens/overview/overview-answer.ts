import type { InferResponseType } from "hono/client";
import type { api } from "../../api/client.ts";

/** The state of the installation, as the admin API returns it. */
export type Overview = InferResponseType<typeof api.overview.$get, 200>;
