import type { InferResponseType } from "hono/client";
import type { api } from "../../../api/client.ts";

type States = InferResponseType<(typeof api.events)["states"]["$get"], 200>["states"];

export interface ResendProgress {
  delivered: number;
  /** Events that are being delivered or wait for a retry. */
  waiting: number;
  /** Events whose resend has failed, with the reason. */
  failed: readonly { id: string; reason: string }[];
}

/**
 * Returns how far a resend is.
 *
 * @param ids The events whose resend was requested.
 * @param states Their states now. An event without a state was deleted meanwhile.
 */
export function judgeProgress(ids: readonly string[], states: States): ResendProgress {
  const byId = new Map(states.map((state) => [state.id, state]));
  const of = (state: States[number]["state"]) => states.filter((one) => one.state === state).length;
  const failed = ids.flatMap((id) => {
    const found = byId.get(id);
    if (found && ["queued", "delivered"].includes(found.state)) return [];
    return [{ id, reason: found ? (found.reason ?? found.state) : "it was deleted" }];
  });
  return { delivered: of("delivered"), waiting: of("queued"), failed };
}
