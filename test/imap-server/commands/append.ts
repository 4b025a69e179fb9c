import type { ServerAccount } from "../account.ts";
import type { ImapCommand } from "../command.ts";
import { deliverRaw } from "../delivery.ts";
import { type Completion, completed } from "../session.ts";

export function append(
  account: ServerAccount,
  command: ImapCommand & { name: "APPEND" },
): Completion {
  const mailbox = account.find(command.mailbox);
  if (!mailbox) return completed("NO [TRYCREATE] No such mailbox");
  const { flags, internalDate } = command;
  const { uid, uidValidity } = deliverRaw(account, command.raw, {
    mailbox: mailbox.name,
    flags,
    ...(internalDate !== undefined && { internalDate: new Date(internalDate) }),
  });
  return completed(`OK [APPENDUID ${uidValidity} ${uid}] APPEND completed`);
}
