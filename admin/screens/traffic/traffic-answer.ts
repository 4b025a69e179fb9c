import type { InferResponseType } from "hono/client";
import type { api } from "../../api/client.ts";

export type Traffic = InferResponseType<(typeof api.traffic)["$get"], 200>;
export type ShownPoint = Traffic["points"][number];
export type ChartRange = Traffic["range"];
export type ShownShare = InferResponseType<
  (typeof api.traffic.shares)["$get"],
  200
>["shares"][number];
