import type { InferResponseType } from "hono/client";
import type { api } from "../../api/client.ts";

/** The open problems, as the admin API returns them. */
export type Health = InferResponseType<typeof api.health.$get, 200>;
export type ShownProblem = Health["problems"][number];
