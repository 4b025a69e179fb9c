import type { InferResponseType } from "hono/client";
import type { api } from "../../api/client.ts";

/** As the API shows one. */
export type Connection = InferResponseType<(typeof api.connections)[":id"]["$get"], 200>;
