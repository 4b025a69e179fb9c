import { and, eq } from "drizzle-orm";
import * as v from "valibot";
import { auditLog, cursors, mailLogs, partnerConnections, users } from "../../db/schema.ts";
import type { Account, ImapServer } from "../../fleet/mailbox/account.ts";
import { EVENTS } from "../../fleet/bus/subjects.ts";
import { event, type NewMailEvent } from "../../shared/events.ts";
import { newId } from "../../shared/ids.ts";
import { eventually } from "../harness/eventually.ts";
import type { MailAccount } from "../harness/mail-server.ts";
import type { SessionStack } from "./session-stack.ts";

/** A user of a new partner with an account on the mail server, and what the fleet did for it. */
export interface MailUser extends MailAccount {
  account: Account;
  state(): Promise<{ state: string; reason: string | null }>;
  /** Waits until the mailbox is watched. */
  watching(): Promise<void>;
  /** Waits until so many mails are recorded; returns them in the order of their UIDs. */
  recorded(count: number, timeoutMs?: number): Promise<(typeof mailLogs.$inferSelect)[]>;
  cursor(): Promise<typeof cursors.$inferSelect | undefined>;
  resets(): Promise<(typeof auditLog.$inferSelect)[]>;
  /** All events that are stored of this user, oldest first. */
  events(): Promise<NewMailEvent[]>;
}

let count = 0;

export async function newMailUser(
  stack: SessionStack,
  { server = {}, createdAt = new Date() }: { server?: Partial<ImapServer>; createdAt?: Date } = {},
): Promise<MailUser> {
  const { db } = stack;
  const login = `user${++count}`;
  const mail = { login, password: `pass "${count}" ü`, address: `${login}@example.com` };
  await stack.server.addAccount(mail);
  const made = await newAccount(stack, mail, createdAt);
  const account = { ...made, server: { ...made.server, ...server } };
  const { userId } = account;

  const recordsOf = () =>
    db.select().from(mailLogs).where(eq(mailLogs.userId, userId)).orderBy(mailLogs.uid);
  const state = async () => {
    const [row] = await db.select().from(users).where(eq(users.id, userId));
    return { state: row?.state ?? "gone", reason: row?.stateReason ?? null };
  };
  return {
    ...mail,
    account,
    state,
    async watching() {
      await eventually(`${login} to be watched`, async () =>
        (await state()).state === "watching" ? true : undefined,
      );
    },
    recorded: (wanted, timeoutMs) =>
      eventually(
        `${wanted} mails of ${login} to be recorded`,
        async () => {
          const rows = await recordsOf();
          return rows.length >= wanted ? rows : undefined;
        },
        timeoutMs,
      ),
    async cursor() {
      const [row] = await db.select().from(cursors).where(eq(cursors.userId, userId));
      return row;
    },
    resets: () =>
      db
        .select()
        .from(auditLog)
        .where(and(eq(auditLog.subjectId, userId), eq(auditLog.action, "mailbox_reset"))),
    events: () => eventsOf(stack, account),
  };
}

/** The user's rows, and what a session is given of them. */
async function newAccount(
  stack: SessionStack,
  { login, password }: MailAccount,
  createdAt: Date,
): Promise<Account> {
  const partner = await stack.newPartner();
  const [connectionId, userId] = [newId("con"), newId("usr")];
  const connection = { id: connectionId, partnerId: partner.id, providerId: "prv_plain" };
  await stack.db.insert(partnerConnections).values(connection);
  await stack.db.insert(users).values({ id: userId, connectionId, tag: login, createdAt });
  const { host, port } = stack.server;
  return {
    userId,
    tag: login,
    partnerId: partner.id,
    providerCode: "PLAIN",
    server: { host, port, security: "none", idleMinutes: 9, loginRate: null },
    username: login,
    sealedPassword: await sealPassword(stack, userId, password),
    watchFrom: createdAt,
  };
}

async function eventsOf({ bus }: SessionStack, account: Account): Promise<NewMailEvent[]> {
  const filter_subjects = `evt.${account.partnerId}.new_mail.${account.userId}`;
  const consumer = await bus.js.consumers.get(EVENTS, { filter_subjects });
  const { num_pending: max_messages } = await consumer.info(true);
  if (max_messages === 0) return [];
  const found: NewMailEvent[] = [];
  for await (const message of await consumer.fetch({ max_messages })) {
    const parsed = v.parse(event, message.json());
    if (parsed.kind === "new_mail") found.push(parsed);
  }
  return found;
}

export const sealPassword = (stack: SessionStack, userId: string, password: string) =>
  stack.vaults.mailbox.seal(`users/${userId}/login_password`, password);
