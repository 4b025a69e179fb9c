import { countWords, listNames } from "./count-words.ts";
import type { HealthFacts, InstanceFacts } from "./health-facts.ts";
import { oldNatsVersions, RECOMMENDED_NATS } from "./old-nats.ts";
import type { HealthProblem } from "./problem.ts";

const FLEET = "/admin/#fleet";
const ALL_USERS = "/admin/users?scope=active";
/** Events of the API wait longer than this in the outbox only if nobody publishes them. */
const OUTBOX_MS = 60_000;

/** Finds the problems of NATS and of the fleet's instances. */
export function findFleetProblems(facts: HealthFacts): HealthProblem[] {
  const living = facts.instances.filter(({ state }) => state !== "gone");
  const silent = living.filter(({ natsSilentSinceMs }) => natsSilentSinceMs !== null);
  const hasNats = silent.length === 0 || silent.length < living.length;
  return [
    ...natsProblems(facts, living, silent),
    ...roleProblems(facts, living),
    ...instanceProblems(facts),
    ...(hasNats ? outboxProblems(facts, living) : []),
  ];
}

function natsProblems(
  { usersToWatch }: HealthFacts,
  living: readonly InstanceFacts[],
  silent: readonly InstanceFacts[],
): HealthProblem[] {
  const problems: HealthProblem[] = [];
  const since = silent.flatMap(({ natsSilentSinceMs: ms }) => (ms === null ? [] : [ms]));
  const common = { name: "NatsUnreachable", urgency: "page", sinceMs: earliest(since) } as const;
  if (silent.length > 0 && silent.length === living.length) {
    problems.push({
      ...common,
      subject: "",
      cause: `NATS does not answer ${silent.length === 1 ? "the fleet's only instance" : `any of the fleet's ${silent.length} instances`}`,
      effect: `New mail of ${countWords(usersToWatch, "user")} is not read, and no webhook is delivered. Nothing is lost: mail waits in its mailboxes, events wait in NATS.`,
      advice:
        "Check the process, the disk and the log of nats-server. Everything resumes automatically.",
      href: ALL_USERS,
    });
  } else if (silent.length > 0) {
    problems.push({
      ...common,
      subject: "network",
      cause: `NATS does not answer ${listNames(silent.map(({ id }) => id))}, but answers other instances`,
      effect: "Other instances take over the users and deliveries.",
      advice: "Check the network between this machine and NATS, or restart the instance elsewhere.",
      href: FLEET,
    });
  }
  const old = oldNatsVersions(living.map(({ natsVersion }) => natsVersion));
  if (old.length > 0) {
    problems.push({
      name: "NatsOutdated",
      subject: "",
      urgency: "ticket",
      sinceMs: null,
      href: FLEET,
      cause: `nats-server ${listNames(old)} is no longer supported`,
      effect: "It no longer receives fixes.",
      advice: `Upgrade it to ${RECOMMENDED_NATS} or later, as described in the runbook.`,
    });
  }
  return problems;
}

function roleProblems(facts: HealthFacts, living: readonly InstanceFacts[]): HealthProblem[] {
  const { instances, usersToWatch, partners } = facts;
  const isNobody = (idleRole: string) => living.every(({ role }) => role === idleRole);
  const sinceGone = (idleRole: string) =>
    latest(instances.filter(({ role }) => role !== idleRole).map(({ heardMs }) => heardMs));
  const problems: HealthProblem[] = [];
  if (isNobody("webhook")) {
    problems.push({
      name: "NobodyWatches",
      subject: "",
      urgency: "page",
      href: ALL_USERS,
      sinceMs: sinceGone("webhook"),
      cause: "No fleet instance that watches mailboxes is running",
      effect: `Mail of ${countWords(usersToWatch, "user")} is not read. It waits in its mailboxes.`,
      advice: "Start an instance with the role all or imap.",
    });
  } else {
    problems.push(...capacityProblems(facts, living));
  }
  if (isNobody("imap")) {
    const waiting = partners.reduce((sum, { lane }) => sum + (lane?.waiting ?? 0), 0);
    problems.push({
      name: "NobodyDelivers",
      subject: "",
      urgency: "page",
      href: "/admin/partners",
      sinceMs: sinceGone("imap"),
      cause: "No fleet instance that delivers is running",
      effect: `No webhooks are delivered${waiting > 0 ? `; ${countWords(waiting, "event")} wait` : ""}.`,
      advice: "Start an instance with the role all or webhook.",
    });
  }
  return problems;
}

function capacityProblems(
  { usersToWatch }: HealthFacts,
  living: readonly InstanceFacts[],
): HealthProblem[] {
  const unassigned = countUnassigned(usersToWatch, living);
  if (unassigned === 0) return [];
  return [
    {
      name: "UsersUnassigned",
      subject: "",
      urgency: "page",
      sinceMs: null,
      href: ALL_USERS,
      cause: "The fleet is at capacity",
      effect: `Mail of ${countWords(unassigned, "user")} is not read. It waits in its mailboxes.`,
      advice: "Add an instance, or raise MAX_USER_THREADS of one.",
    },
  ];
}

/** Counts the users for whom the fleet has no capacity. */
export function countUnassigned(
  usersToWatch: number,
  instances: readonly Pick<InstanceFacts, "state" | "capacity">[],
): number {
  // Other instances take over the users of an instance that drains or is cut off, so its capacity
  // does not count.
  const takers = instances.filter(({ state }) => !["gone", "draining", "cut_off"].includes(state));
  return Math.max(usersToWatch - takers.reduce((sum, { capacity }) => sum + capacity, 0), 0);
}

function instanceProblems({ instances }: HealthFacts): HealthProblem[] {
  const problems: HealthProblem[] = [];
  for (const { id, state, heardMs } of instances) {
    if (state === "gone") {
      problems.push({
        name: "InstanceDown",
        subject: id,
        urgency: "ticket",
        sinceMs: heardMs,
        href: FLEET,
        cause: `The instance ${id} stopped without notice`,
        effect: "Other running instances take over its users and deliveries.",
        advice: "Check its log. This message disappears after an hour.",
      });
    }
    if (state === "cut_off") {
      problems.push({
        name: "InstanceCutOff",
        subject: id,
        urgency: "page",
        sinceMs: null,
        href: FLEET,
        cause: `Postgres does not answer the instance ${id}, but answers others`,
        effect: "The other instances have taken over its users.",
        advice: "Check its network. It takes users again automatically.",
      });
    }
  }
  return problems;
}

function outboxProblems(
  { nowMs, outboxOldestMs }: HealthFacts,
  living: readonly InstanceFacts[],
): HealthProblem[] {
  if (living.length === 0 || outboxOldestMs === null || nowMs - outboxOldestMs < OUTBOX_MS) {
    return [];
  }
  return [
    {
      name: "OutboxStuck",
      subject: "",
      urgency: "page",
      href: FLEET,
      sinceMs: outboxOldestMs,
      cause: "The fleet is running, but does not publish the events that the API has stored",
      effect: "New users are watched late, and webhooks about users are delivered late.",
      advice: "Check the logs of the instances for relay.failing.",
    },
  ];
}

const earliest = (times: readonly number[]) => (times.length === 0 ? null : Math.min(...times));
const latest = (times: readonly number[]) => (times.length === 0 ? null : Math.max(...times));
