import { eq } from "drizzle-orm";
import { partners } from "../../db/partners/tables.ts";
import { users } from "../../db/users/tables.ts";
import { POKE_PARTNERS } from "../../fleet/bus/subjects.ts";
import type { Endpoint, Posted } from "../harness/network/endpoint.ts";
import { type MailUser, newMailUser } from "../mailbox/mail-user.ts";
import type { SessionStack } from "../mailbox/session-stack.ts";

/** Creates a user of a new partner whose webhooks go to this endpoint. */
export async function newDeliveringUser(
  stack: SessionStack,
  endpoint: Endpoint,
  options: { createdAt?: Date } = {},
): Promise<MailUser> {
  const user = await newMailUser(stack, options);
  const { partnerId, userId, login } = user.account;
  await stack.db
    .update(partners)
    .set({
      newMailWebhook: `${endpoint.url}/mail`,
      userConnectedWebhook: `${endpoint.url}/connected`,
    })
    .where(eq(partners.id, partnerId));
  await stack.db
    .update(users)
    .set({ loginUsername: login.username, sealedLoginPassword: login.sealedPassword })
    .where(eq(users.id, userId));
  stack.bus.poke(POKE_PARTNERS, { partner_id: partnerId });
  return user;
}

export const makeMail = (n: number) =>
  `Message-ID: <${n}-${crypto.randomUUID()}@example.org>\r\nSubject: ${n}\r\n\r\nMail ${n}\r\n`;

export const readWebhookId = ({ headers }: Posted) => String(headers["webhook-id"]);

/** Counts the webhooks of each event. The key is the event's id. */
export function postsById(posted: readonly Posted[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const one of posted) counts[readWebhookId(one)] = (counts[readWebhookId(one)] ?? 0) + 1;
  return counts;
}
