import type { InferResponseType } from "hono/client";
import type { api } from "../../api/client.ts";

export type Traffic = InferResponseType<(typeof api.traffic)["$get"], 200>;
export type TrafficPoint = Traffic["points"][number];
export type TrafficRange = Traffic["range"];
export type TrafficShare = InferResponseType<
  (typeof api.traffic.shares)["$get"],
  200
>["shares"][number];
