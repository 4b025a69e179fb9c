import { countWords } from "./count-words.ts";
import type { HealthFacts, LaneFacts, PartnerFacts } from "./health-facts.ts";
import { toPartnersHref } from "./partner-troubles.ts";
import type { HealthProblem } from "./problem.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** An attempt that has no answer after this time makes its endpoint slow. */
const SLOW_IN_FLIGHT_MS = 10_000;
/** A median of the last answers above this time makes the endpoint slow, too. */
const SLOW_MEDIAN_MS = 5_000;
/** Fewer attempts say nothing about an endpoint's share of failures. */
const ENOUGH_ATTEMPTS = 5;
const FAILING_SHARE = 0.5;
/** Events wait longer without any attempt only if deliveries have stopped. */
const STOPPED_MS = 10 * MINUTE_MS;
/** Longer than all retries take by default. */
const OLD_MS = 12 * HOUR_MS;

/** Finds the problems of partners and their endpoints. A cause hides its own consequences. */
export const findPartnerProblems = (facts: HealthFacts): HealthProblem[] =>
  facts.partners
    .flatMap((partner) => [
      ...(pauseProblem(partner) ??
        (partner.lane ? endpointProblems(facts.nowMs, partner, partner.lane) : [])),
      ...quotaProblems(partner),
    ])
    .map((problem) => ({ ...problem, listHref: toPartnersHref(problem.name) }));

/** Returns undefined when the partner's deliveries are not paused. */
function pauseProblem(partner: PartnerFacts): HealthProblem[] | undefined {
  const { pausedReason, pausedMs: sinceMs, name } = partner;
  switch (pausedReason) {
    case null:
      return undefined;
    case "forbidden":
      return [
        {
          ...about(partner),
          name: "LanePaused",
          urgency: "page",
          sinceMs,
          cause: `Deliveries to ${name} were paused, because its endpoint answered 403 for too many users at once`,
          effect: waitingWords(partner),
          advice: "Resume them after the partner has fixed it, or confirms that it is intended.",
        },
      ];
    case "admin":
    case "partner":
      return [
        {
          ...about(partner),
          name: "DeliveriesPaused",
          urgency: "info",
          sinceMs,
          cause: `Deliveries to ${name} are paused by ${pausedReason === "admin" ? "an administrator" : "the partner"}`,
          effect: waitingWords(partner),
          advice: "Mail is read and kept until they are resumed.",
        },
      ];
  }
}

function endpointProblems(nowMs: number, partner: PartnerFacts, lane: LaneFacts): HealthProblem[] {
  const { name } = partner;
  const common = { ...about(partner), effect: waitingWords(partner) };
  if (lane.state === "open" || lane.state === "probing") {
    const cause = `Deliveries to ${name} are on hold: ${lane.reason || "its endpoint fails"}`;
    const advice = "Retrying automatically. Contact the partner if this lasts.";
    return [{ ...common, name: "BreakerOpen", urgency: "ticket", sinceMs: null, cause, advice }];
  }
  const slow = findSlowness(nowMs, lane);
  if (slow) {
    return [
      {
        ...common,
        name: "EndpointSlow",
        urgency: "ticket",
        sinceMs: slow.sinceMs,
        cause: `The endpoint of ${name} is slow: ${slow.words}`,
        advice:
          "Contact the partner: its endpoint should answer first and process the event afterwards.",
      },
    ];
  }
  const { recentAttempts: attempts, recentFailures: failures } = lane;
  if (attempts >= ENOUGH_ATTEMPTS && failures >= attempts * FAILING_SHARE) {
    const cause = `${failures} of the last ${countWords(attempts, "delivery attempt")} to ${name} failed`;
    const advice = "The partner's deliveries show the answers. Failed ones are retried.";
    return [
      { ...common, name: "AttemptsFailing", urgency: "ticket", sinceMs: null, cause, advice },
    ];
  }
  return backlogProblems(nowMs, partner, lane);
}

function findSlowness(nowMs: number, lane: LaneFacts) {
  const { oldestInFlightMs, answerP50Ms } = lane;
  const inFlightMs = oldestInFlightMs === null ? 0 : nowMs - oldestInFlightMs;
  const isSlow = inFlightMs >= SLOW_IN_FLIGHT_MS;
  const wasSlow = answerP50Ms !== null && answerP50Ms >= SLOW_MEDIAN_MS;
  if (!isSlow && !wasSlow) return undefined;
  const median = wasSlow ? `half of its answers take ${toSeconds(answerP50Ms)} s or more` : "";
  const now = isSlow ? `it has not answered for ${toSeconds(inFlightMs)} s` : "";
  // The median includes earlier attempts: the problem began before the current attempt.
  const sinceMs = wasSlow ? null : oldestInFlightMs;
  return { words: [now, median].filter(Boolean).join(", and "), sinceMs };
}

function backlogProblems(nowMs: number, partner: PartnerFacts, lane: LaneFacts): HealthProblem[] {
  const { oldestMs: sinceMs, waiting, recentAttempts } = lane;
  const { name } = partner;
  const ageMs = sinceMs === null ? 0 : nowMs - sinceMs;
  const common = { ...about(partner), effect: waitingWords(partner), sinceMs };
  if (ageMs >= OLD_MS) {
    return [
      {
        ...common,
        name: "OldestUndelivered",
        urgency: "ticket",
        cause: `Events for ${name} have waited for ${Math.floor(ageMs / HOUR_MS)} hours, longer than all retries take`,
        advice: "The partner's deliveries show why the attempts fail.",
      },
    ];
  }
  if (waiting > 0 && ageMs >= STOPPED_MS && recentAttempts === 0) {
    return [
      {
        ...common,
        name: "DeliveriesStopped",
        urgency: "page",
        cause: `Deliveries to ${name} have stopped, although they are not paused`,
        advice: "Check the log of the instance that delivers, or restart it.",
      },
    ];
  }
  return [];
}

function quotaProblems(partner: PartnerFacts): HealthProblem[] {
  const { name, users, ingestPausedMs, lettersFullMs } = partner;
  const problems: HealthProblem[] = [];
  if (ingestPausedMs !== null) {
    problems.push({
      ...about(partner),
      name: "IngestPaused",
      urgency: "ticket",
      sinceMs: ingestPausedMs,
      cause: `Reading is paused for ${name}, because its delivery queue is full`,
      effect: `New mail of ${countWords(users, "user")} waits in its mailboxes.`,
      advice: "It resumes automatically when the endpoint has caught up.",
    });
  }
  if (lettersFullMs !== null) {
    problems.push({
      ...about(partner),
      name: "DeadLettersFull",
      urgency: "ticket",
      sinceMs: lettersFullMs,
      cause: `The dead-letter storage of ${name} is full`,
      effect:
        "New dead letters keep their mail for three days only. After that it exists only in its mailbox.",
      advice: "Redeliver or delete dead letters.",
      href: `/admin/dead-letters?partner_id=${partner.id}`,
    });
  }
  return problems;
}

const about = ({ id }: PartnerFacts) => ({ subject: id, href: `/admin/partners/${id}` });

function waitingWords({ users, lane }: PartnerFacts): string {
  const waiting = lane?.waiting ?? 0;
  const of = `of ${countWords(users, "user")}`;
  return waiting === 0
    ? `New mail ${of} is delivered late.`
    : `${countWords(waiting, "event")} ${of} ${waiting === 1 ? "waits" : "wait"} for delivery.`;
}

const toSeconds = (ms: number) => Math.floor(ms / 1_000);
