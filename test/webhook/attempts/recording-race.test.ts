import { afterAll, beforeAll, expect, test } from "vitest";
import type { Db } from "../../../db/client.ts";
import { endMails } from "../../../db/mail/mail-states.ts";
import { computeEventId } from "../../../shared/ids.ts";
import { type FleetStack, startFleetStack } from "../../harness/stacks/fleet-stack.ts";
import { newMail, newWebhookUser, recordMail } from "../published-mail.ts";

let stack: FleetStack;
beforeAll(async () => {
  stack = await startFleetStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

/**
 * Returns a database that calls `commit` after each update and before the next statement. This
 * simulates a concurrent transaction.
 */
function interrupted(db: Db, commit: () => Promise<void>): Db {
  const update: Db["update"] = (table) => {
    const builder = db.update(table);
    const set = builder.set.bind(builder);
    builder.set = (values) => {
      const setting = set(values);
      const execute = setting.execute.bind(setting);
      setting.execute = async (...given) => {
        const done = await execute(...given);
        await commit();
        return done;
      };
      return setting;
    };
    return builder;
  };
  return Object.assign(Object.create(db) as Db, { update });
}

test("a mail that is recorded while its end is written is looked for again", async () => {
  const user = await newWebhookUser(stack, await stack.newPartner());
  const mail = newMail(user);
  const place = { userId: user.id, accountEpoch: 0, mailbox: "INBOX", uidValidity: 1 };
  const eventId = computeEventId({ ...place, uid: mail.uid });
  const end = { eventId, userId: user.id, state: "delivered", reason: null } as const;
  const db = interrupted(stack.db, () => recordMail(stack, mail));
  expect(await endMails(db, [end])).toEqual(new Set([eventId]));
  expect(await endMails(stack.db, [end])).toEqual(new Set());
});
