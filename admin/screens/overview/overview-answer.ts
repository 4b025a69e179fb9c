import type { InferResponseType } from "hono/client";
import type { api } from "../../api/client.ts";

/** The state of the installation in the API's format. */
export type Overview = InferResponseType<typeof api.overview.$get, 200>;
