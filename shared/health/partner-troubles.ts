import type { ProblemName } from "./problem.ts";

/**
 * What can be wrong with a partner's deliveries, as a filter of the list of partners, and the
 * problem that the overview shows for it.
 */
export const PARTNER_TROUBLES = {
  lanes_open: "BreakerOpen",
  endpoint_slow: "EndpointSlow",
  attempts_failing: "AttemptsFailing",
  deliveries_stopped: "DeliveriesStopped",
  oldest_undelivered: "OldestUndelivered",
  lanes_guarded: "LanePaused",
  lanes_paused: "DeliveriesPaused",
  ingest_paused: "IngestPaused",
  letters_full: "DeadLettersFull",
} as const satisfies Readonly<Record<string, ProblemName>>;

export type PartnerTrouble = keyof typeof PARTNER_TROUBLES;

/** Returns the address of the list of the partners with this problem. */
export function toPartnersHref(name: ProblemName): string {
  const [trouble] = Object.entries(PARTNER_TROUBLES).find(([, problem]) => problem === name) ?? [];
  return trouble === undefined ? "/admin/partners" : `/admin/partners?trouble=${trouble}`;
}
