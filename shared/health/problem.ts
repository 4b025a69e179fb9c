/**
 * The problems that the pages, the notices and Prometheus know. A name is that of the alert in
 * ops/alerts.yml, and of the section in docs/runbook.md. Never rename one.
 */
export const PROBLEM_NAMES = [
  // What the installation depends on:
  "DatabaseUnreachable",
  "NatsUnreachable",
  "NatsOutdated",
  // The fleet:
  "NobodyWatches",
  "NobodyDelivers",
  "InstanceDown",
  "InstanceCutOff",
  "UsersUnassigned",
  "OutboxStuck",
  // Mail servers, providers and users:
  "MailServerUnreachable",
  "TokenEndpointFailing",
  "OAuthClientRefused",
  "UsersMustSignIn",
  // Partners and their endpoints:
  "LanePaused",
  "BreakerOpen",
  "EndpointSlow",
  "AttemptsFailing",
  "DeliveriesStopped",
  "OldestUndelivered",
  "IngestPaused",
  "DeadLettersFull",
  "DeadLetters",
  "DeliveriesPaused",
  // The admins:
  "DefaultPassword",
] as const;

export type ProblemName = (typeof PROBLEM_NAMES)[number];

/**
 * page: mail is not read or not delivered, and somebody must act now. ticket: it can wait until
 * morning. info: nobody of the installation needs to act.
 */
export const URGENCIES = ["page", "ticket", "info"] as const;
export type Urgency = (typeof URGENCIES)[number];

/** Something that is wrong now. */
export interface HealthProblem {
  name: ProblemName;
  /** The partner, host, provider or instance; empty when the problem is the installation's. */
  subject: string;
  urgency: Urgency;
  /** What is wrong and why, as a sentence without a full stop. */
  cause: string;
  /** What it does to whom, with numbers. */
  effect: string;
  /** What to do. */
  advice: string;
  /** Unix ms; null when only the first sight of the problem is known. */
  sinceMs: number | null;
  /** The address of the list of those concerned, or of the screen that solves the problem. */
  href: string;
  /** The address of the list of everything that has a problem of this name, if there is one. */
  listHref?: string;
}

/** Returns the key under which a problem is acknowledged, muted and announced. */
export const toProblemKey = ({ name, subject }: Pick<HealthProblem, "name" | "subject">) =>
  subject === "" ? name : `${name}/${subject}`;

/** Returns the path of a problem's section in the runbook, which the edge serves. */
export const toRunbookPath = (name: ProblemName) => `/docs/runbook#${name.toLowerCase()}`;
