import type { InferResponseType } from "hono/client";
import type { api } from "../../api/client.ts";

/** A provider, as the admin API returns it. */
export type ShownProvider = InferResponseType<(typeof api.providers)[":id"]["$get"], 200>;
