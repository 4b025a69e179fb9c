import type { InferResponseType } from "hono/client";
import type { api } from "../../api/client.ts";

type Attempts = InferResponseType<(typeof api.events)[":id"]["attempts"]["$get"], 200>;

/** One POST of one event, and its result. */
export type ShownAttempt = Attempts["attempts"][number];
