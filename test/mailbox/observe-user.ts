import { and, eq } from "drizzle-orm";
import * as v from "valibot";
import { auditLog } from "../../db/admin/tables.ts";
import { cursors, mailLogs } from "../../db/mail/tables.ts";
import { users } from "../../db/users/tables.ts";
import { EVENTS } from "../../fleet/bus/subjects.ts";
import type { Account } from "../../fleet/mailbox/login/account.ts";
import { event, type NewMailEvent } from "../../shared/users/events.ts";
import { eventually } from "../harness/eventually.ts";
import type { FleetStack } from "../harness/stacks/fleet-stack.ts";

/** Methods that show what the fleet did for a user. */
export interface UserObserver {
  state(): Promise<{ state: string; reason: string | null }>;
  /** Waits until the mailbox is watched. */
  watching(): Promise<void>;
  /** Waits until this number of mails is recorded. Returns them in the order of their UIDs. */
  recorded(count: number, timeoutMs?: number): Promise<(typeof mailLogs.$inferSelect)[]>;
  cursor(): Promise<typeof cursors.$inferSelect | undefined>;
  resets(): Promise<(typeof auditLog.$inferSelect)[]>;
  /** Returns all stored events of this user, oldest first. */
  events(): Promise<NewMailEvent[]>;
}

export function observeUser(stack: FleetStack, account: Account): UserObserver {
  const { db } = stack;
  const { userId, tag } = account;
  const listRecords = () =>
    db.select().from(mailLogs).where(eq(mailLogs.userId, userId)).orderBy(mailLogs.uid);
  const state = async () => {
    const [row] = await db.select().from(users).where(eq(users.id, userId));
    return { state: row?.state ?? "gone", reason: row?.stateReason ?? null };
  };
  return {
    state,
    async watching() {
      await eventually(`${tag} to be watched`, async () =>
        (await state()).state === "watching" ? true : undefined,
      );
    },
    recorded: (wanted, timeoutMs) =>
      eventually(
        `${wanted} mails of ${tag} to be recorded`,
        async () => {
          const rows = await listRecords();
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
    events: () => readEvents(stack, account),
  };
}

async function readEvents({ bus }: FleetStack, account: Account): Promise<NewMailEvent[]> {
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
