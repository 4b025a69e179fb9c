import type { ShownAttempt } from "../../parts/attempts/attempt.ts";

/** The data of a mail for its timeline: the mail's times, its state and its attempts. */
export interface WayOfMail {
  /** When the mail server received the mail, by the server's clock. */
  internal_date: string;
  recorded_at: string;
  /** When the mail was recorded for the first time; null unless it was queued again later. */
  first_recorded_at: string | null;
  state: "queued" | "delivered" | "dead" | "skipped" | "parked" | "lost";
  /** The attempts, newest first. If there are many, only the newest ones. */
  attempts: readonly Pick<
    ShownAttempt,
    "number" | "attempted_at" | "duration_ms" | "outcome" | "next_attempt_at"
  >[];
}

export interface WayStep {
  title: string;
  /** Null for a future step whose time is not known. */
  at: string | null;
  /** The time since the previous step; null when it is not known. */
  elapsedMs: number | null;
}

const RECORDED = {
  queued: "Published and queued",
  delivered: "Published and queued",
  dead: "Published and queued",
  lost: "Published and queued",
  skipped: "Seen and skipped",
  parked: "Seen and parked",
} as const;

/** Returns the timeline of a mail, from the mail server to the endpoint. */
export function mailWay(mail: WayOfMail): WayStep[] {
  const { internal_date, recorded_at, first_recorded_at, state, attempts } = mail;
  const received = { title: "Received by the mail server", at: internal_date };
  const recorded = { title: RECORDED[state], at: first_recorded_at ?? recorded_at };
  const first = attempts.find(({ number }) => number === 1);
  const tried = first && { title: "First attempt", at: first.attempted_at };
  const earlier = first_recorded_at === null ? [] : attempts.filter(isBefore(recorded_at));
  const ended = earlier[0] && toEndStep(earlier[0], "dead");
  const again = first_recorded_at === null ? [] : [{ title: "Queued again", at: recorded_at }];
  const [last] = attempts.filter((attempt) => !earlier.includes(attempt));
  const passed = [received, recorded, tried, ended, ...again, last && toEndStep(last, state)];
  const known = passed.filter((step) => step !== undefined);
  return withElapsed(first_recorded_at === null ? known : known.toSorted(byTime));
}

const isBefore = (time: string) => (attempt: Pick<ShownAttempt, "attempted_at">) =>
  Date.parse(attempt.attempted_at) < Date.parse(time);

/** Orders steps by time. A mail may be queued again before its first attempt. */
const byTime = (one: { at: string | null }, other: { at: string | null }) =>
  Date.parse(one.at ?? "9999") - Date.parse(other.at ?? "9999");

/**
 * Returns the last step of the timeline: how the last attempt ended, or when the next is due.
 * Undefined if the last attempt failed and no other is planned.
 */
function toEndStep(last: WayOfMail["attempts"][number], state: WayOfMail["state"]) {
  const answeredAt = new Date(Date.parse(last.attempted_at) + last.duration_ms).toISOString();
  switch (last.outcome) {
    case "delivered":
      return { title: "Delivered", at: answeredAt };
    case "archived":
      return { title: "Refused with 403; user archived", at: answeredAt };
    case "dead":
      return { title: "Last attempt failed", at: answeredAt };
    case "retry":
    case "held":
      return state === "queued" ? { title: "Next attempt", at: last.next_attempt_at } : undefined;
  }
}

const withElapsed = (steps: readonly Omit<WayStep, "elapsedMs">[]): WayStep[] =>
  steps.map((step, index) => {
    const from = steps[index - 1]?.at;
    const elapsedMs = from && step.at ? Date.parse(step.at) - Date.parse(from) : null;
    // Hides negative times: clocks differ.
    return { ...step, elapsedMs: elapsedMs !== null && elapsedMs >= 0 ? elapsedMs : null };
  });
