import type { FreezeReport, GroupFigures } from "./freeze-report.ts";
import { TRAITS, type PartyTraits } from "./party.ts";

/** The maximum share of repeated webhooks. Ignored for the group whose own endpoint is frozen. */
const MAX_DOUBLED_SHARE = 0.02;

/** Returns one text for each limit of docs/reliability.md that the freeze exceeded. */
export function judgeFreeze(report: FreezeReport): string[] {
  const traits = TRAITS[report.party];
  const faults = report.groups.flatMap((figures) => judgeGroup(figures, report, traits));
  if (report.recoveryMs === null || report.recoveryMs > traits.recoveryMs) {
    const found = report.recoveryMs === null ? "not at all" : `after ${report.recoveryMs} ms`;
    faults.push(
      `Recovery: found ${found}${report.missing === null ? "" : ` (${report.missing})`}, wanted within ${traits.recoveryMs} ms`,
    );
  }
  for (const [what, count] of Object.entries(report.wrong)) {
    if (count > 0) faults.push(`${what}: found ${count}, wanted none`);
  }
  if (report.authFailed > 0) {
    faults.push(
      `Users whose credentials were called wrong: found ${report.authFailed}, wanted none`,
    );
  }
  return faults;
}

function judgeGroup(
  { group, lost, doubled, sent, delivered, latency, logins, longestGapMs }: GroupFigures,
  { party }: FreezeReport,
  { dependants, mayLoseSessions, othersMs, renewalGapMs }: PartyTraits,
): string[] {
  const faults: string[] = [];
  const find = (what: string, found: number | string, wanted: string) =>
    faults.push(`${group}, ${what}: found ${found}, wanted ${wanted}`);
  if (lost > 0) find("lost", lost, "none");
  // A frozen endpoint may receive webhooks without answering. The fleet must send these webhooks
  // again, so repeated webhooks to this endpoint are no fault.
  const isOwnFault = party === "webhook" && group === "hooked";
  if (!isOwnFault && doubled > MAX_DOUBLED_SHARE * Math.max(sent, 1)) {
    find("came again", doubled, `${MAX_DOUBLED_SHARE * 100} % of ${sent} at most`);
  }
  if (!mayLoseSessions.includes(group)) {
    if (group !== "tokens" && logins > 0) find("logins", logins, "none");
    if (longestGapMs > renewalGapMs) {
      find("longest time without a session", longestGapMs, `${renewalGapMs} ms at most`);
    }
  }
  if (dependants.includes(group)) return faults;
  if (latency === null) find("delivered meanwhile", delivered, `${sent}`);
  else {
    if (latency.p50Ms > othersMs.p50) find("median", latency.p50Ms, `${othersMs.p50} ms at most`);
    if (latency.maxMs > othersMs.longest) {
      find("longest", latency.maxMs, `${othersMs.longest} ms at most`);
    }
  }
  return faults;
}
