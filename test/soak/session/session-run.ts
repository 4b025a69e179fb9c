import { setTimeout as delay } from "node:timers/promises";
import * as v from "valibot";
import { EVENTS } from "../../../fleet/bus/subjects.ts";
import { type Clock, systemClock } from "../../../shared/clock.ts";
import { event } from "../../../shared/users/events.ts";
import { startImapServer, type TestImapServer } from "../../imap-server/imap-server.ts";
import { type MailUser, newMailUser } from "../../mailbox/mail-user.ts";
import type { SessionStack } from "../../mailbox/session-stack.ts";
import { type Draw, newDraw } from "../draw.ts";
import { mutateMail } from "../mime/mutate-mail.ts";
import {
  judgeFuzzedUser,
  type SoakEvent,
  type SoakMail,
  type UserFault,
  type UserOutcome,
} from "./judge-fuzzed-user.ts";
import { type MutatingProxy, startMutatingProxy } from "./mutating-proxy.ts";

export interface SessionRunOptions {
  seed: number;
  /** How long the server's answers are mutated, in ms. */
  liesMs: number;
  /** The time limit after the mutations. By then, all mail must be handled correctly. */
  recoveryMs: number;
  signal: AbortSignal;
  /** Called with a description of each mutation. */
  note(line: string): void;
  onMutated(): void;
  /** Called with the reason of each mail that is recorded as skipped. */
  onSkipped(reason: string): void;
}

const USERS = 8;
const MAX_MAILS = 100;
const DELIVERY_MS = 30;
const DISCONNECT_SHARE = 0.1;
/** The share of runs in which UIDs, UIDNEXT and UIDVALIDITY stay unchanged. */
const TRUE_IDS_SHARE = 0.75;
const POLL_MS = 100;
/**
 * How far the clock jumps after the mutations. The jump is longer than the interval at which a
 * session compares its last UIDs with the records. That check finds mail that mutated answers have
 * hidden.
 */
const CLOCK_STEP_MS = 6 * 60_000;
const HOUR_MS = 3_600_000;
const MAX_PAUSE_MS = 50;

/** Short time limits and intervals, so that sessions soon notice missing answers and new mail. */
const IMPATIENT = {
  timeouts: { connectMs: 1_000, greetingMs: 500, commandMs: 500, logoutMs: 200 },
  lookIntervalMs: 500,
};

interface FuzzedUser {
  user: MailUser;
  /** Null for the one user whose connections have no mutating proxy. */
  proxy: MutatingProxy | null;
  sent: SoakMail[];
}

/**
 * Watches a few users. At first, the answers of their mail server are mutated. Later, the answers
 * are true. Returns the faults that remain.
 */
export async function runSessions(
  stack: SessionStack,
  options: SessionRunOptions,
): Promise<UserFault[]> {
  const { seed, liesMs, signal, note, onMutated } = options;
  const draw = newDraw(seed);
  const keepsIds = draw.chance(TRUE_IDS_SHARE);
  note(keepsIds ? "The numbers of mail are kept" : "The numbers of mail are mutated, too");
  await using opened = new AsyncDisposableStack();
  const imap = opened.use(await startImapServer());
  const users: FuzzedUser[] = [await newUser(stack, imap, null)];
  for (let n = 1; n <= USERS; n++) {
    const target = { host: imap.host, port: imap.port, seed: seed + 31 * n, keepsIds, onMutated };
    const proxy = opened.use(
      await startMutatingProxy({ ...target, note: (line) => note(`user ${n}, ${line}`) }),
    );
    users.push(await newUser(stack, imap, proxy));
  }
  const clock = steppingClock();
  const sessions = opened.use(stack.openSessions({ ...IMPATIENT, clock }));
  for (const { user } of users) {
    for (let count = draw.below(4); count > 0; count--) deliver(imap, user, users, draw);
    sessions.watch(user.account);
  }
  await deliverMail(imap, users, draw, AbortSignal.any([signal, AbortSignal.timeout(liesMs)]));
  for (const { proxy } of users) proxy?.tellTruth();
  note("The truth");
  clock.step();
  for (const { user } of users) deliver(imap, user, users, draw);
  // Awaits the result here, so that `opened` is disposed only afterwards.
  return await untilRight(stack, users, { ...options, keepsIds });
}

async function newUser(
  stack: SessionStack,
  imap: TestImapServer,
  proxy: MutatingProxy | null,
): Promise<FuzzedUser> {
  const user = await newMailUser(stack, {
    server: { host: imap.host, port: proxy?.port ?? imap.port },
    createdAt: new Date(Date.now() - HOUR_MS),
  });
  imap.addAccount(user);
  return { user, proxy, sent: [] };
}

/**
 * Returns a clock that is six minutes behind the real time until `step()` is called. It shortens
 * all pauses, because a back-off might take minutes.
 */
function steppingClock(): Clock & { step(): void } {
  let behindMs = CLOCK_STEP_MS;
  return {
    ...systemClock,
    now: () => systemClock.now() - behindMs,
    sleep: (ms, signal) => systemClock.sleep(Math.min(ms, MAX_PAUSE_MS), signal),
    step: () => void (behindMs = 0),
  };
}

let mailCount = 0;

/**
 * Delivers a mail with a unique Message-ID. Half of these mails contain a mutated mail of the
 * corpus.
 */
function deliver(
  imap: TestImapServer,
  user: MailUser,
  users: readonly FuzzedUser[],
  draw: Draw,
): void {
  const n = ++mailCount;
  const head = `From: bob@example.com\r\nMessage-ID: <${n}@example.com>\r\nSubject: ${n}\r\n`;
  const seed = draw.below(1_000_000);
  const rest = draw.chance(0.5) ? mutateMail(seed).raw.subarray(0, 20_000) : `\r\nHello ${n}\r\n`;
  const raw = Buffer.concat([Buffer.from(head), Buffer.from(rest)]);
  users.find((known) => known.user === user)?.sent.push(imap.deliver(user.address, raw));
}

/** Delivers mails, and sometimes disconnects a user, so that logins are mutated, too. */
async function deliverMail(
  imap: TestImapServer,
  users: readonly FuzzedUser[],
  draw: Draw,
  signal: AbortSignal,
): Promise<void> {
  for (let count = 0; !signal.aborted; count++) {
    const { user } = users[draw.below(users.length)] ?? {};
    if (user && count < MAX_MAILS) deliver(imap, user, users, draw);
    if (user && draw.chance(DISCONNECT_SHARE)) imap.disconnectAll(user.login);
    await delay(DELIVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Waits until there are no faults, or until the time limit. Returns the faults that remain. */
async function untilRight(
  stack: SessionStack,
  users: readonly FuzzedUser[],
  { recoveryMs, signal, keepsIds, onSkipped }: SessionRunOptions & { keepsIds: boolean },
): Promise<UserFault[]> {
  const deadlineMs = performance.now() + recoveryMs;
  for (;;) {
    const outcomes = await Promise.all(users.map((user) => collectOutcome(stack, user, keepsIds)));
    const isOver = signal.aborted || performance.now() > deadlineMs;
    // Reads the events once, after the rows in mail_logs. An event is stored before its row, so the
    // events of all these rows are there.
    if (isOver || outcomes.every((outcome) => judgeFuzzedUser(outcome).length === 0)) {
      for (const { state, reason } of outcomes.flatMap(({ rows }) => rows)) {
        if (state === "skipped") onSkipped(reason ?? "");
      }
      const events = await storedEvents(stack);
      return outcomes.flatMap((outcome) =>
        judgeFuzzedUser({ ...outcome, events: events.get(outcome.userId) ?? [] }),
      );
    }
    await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Returns the events of all new mails, by user. */
async function storedEvents({ bus }: SessionStack): Promise<Map<string, SoakEvent[]>> {
  const { state } = await bus.jsm.streams.info(EVENTS);
  const found = new Map<string, SoakEvent[]>();
  for (let seq = state.first_seq; seq <= state.last_seq; seq++) {
    const message = await bus.jsm.streams.getMessage(EVENTS, { seq });
    const parsed = message && v.parse(event, message.json());
    if (parsed?.kind !== "new_mail") continue;
    const { id, user_id, uid, uid_validity: uidValidity } = parsed;
    found.set(user_id, [...(found.get(user_id) ?? []), { id, uid, uidValidity }]);
  }
  return found;
}

async function collectOutcome(
  { log }: SessionStack,
  { user, proxy, sent }: FuzzedUser,
  keepsIds: boolean,
): Promise<UserOutcome> {
  const { userId } = user.account;
  const [{ state }, rows] = await Promise.all([user.state(), user.recorded(0)]);
  const lacksUidValidity = log.lines.some(
    (line) => line.includes("mailbox.uids_not_kept") && line.includes(userId),
  );
  const hasTrueIds = proxy === null || (keepsIds && !lacksUidValidity);
  return { name: user.login, userId, state, sent, rows, events: null, hasTrueIds };
}
