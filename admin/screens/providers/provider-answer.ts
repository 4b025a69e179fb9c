import type { InferResponseType } from "hono/client";
import type { api } from "../../api/client.ts";

/** A provider in the API's format. */
export type ShownProvider = InferResponseType<(typeof api.providers)[":id"]["$get"], 200>;
