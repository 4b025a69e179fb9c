import type { InferResponseType } from "hono/client";
import type { api } from "../../api/client.ts";

/** A connection in the API's format. */
export type ShownConnection = InferResponseType<(typeof api.connections)[":id"]["$get"], 200>;
