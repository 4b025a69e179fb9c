import type { ProblemName } from "./problem.ts";

/** What can be wrong with a partner's deliveries: a filter of the list of partners. */
export const PARTNER_TROUBLES = [
  "lanes_open",
  "endpoint_slow",
  "attempts_failing",
  "deliveries_stopped",
  "oldest_undelivered",
  "lanes_guarded",
  "lanes_paused",
  "ingest_paused",
  "letters_full",
] as const;
export type PartnerTrouble = (typeof PARTNER_TROUBLES)[number];

/** The problem that the overview shows for each trouble. */
export const TROUBLE_PROBLEMS: Readonly<Record<PartnerTrouble, ProblemName>> = {
  lanes_open: "BreakerOpen",
  endpoint_slow: "EndpointSlow",
  attempts_failing: "AttemptsFailing",
  deliveries_stopped: "DeliveriesStopped",
  oldest_undelivered: "OldestUndelivered",
  lanes_guarded: "LanePaused",
  lanes_paused: "DeliveriesPaused",
  ingest_paused: "IngestPaused",
  letters_full: "DeadLettersFull",
};

/** Returns the address of the list of the partners with this problem. */
export function toPartnersHref(name: ProblemName): string {
  const trouble = PARTNER_TROUBLES.find((one) => TROUBLE_PROBLEMS[one] === name);
  return trouble === undefined ? "/admin/partners" : `/admin/partners?trouble=${trouble}`;
}
