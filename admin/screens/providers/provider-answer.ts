import type { InferResponseType } from "hono/client";
import type { api } from "../../api/client.ts";

/** As the API shows one. */
export type Provider = InferResponseType<(typeof api.providers)[":id"]["$get"], 200>;
