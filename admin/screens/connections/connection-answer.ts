import type { InferResponseType } from "hono/client";
import type { api } from "../../api/client.ts";

/** A connection, as the admin API returns it. */
export type ShownConnection = InferResponseType<(typeof api.connections)[":id"]["$get"], 200>;
