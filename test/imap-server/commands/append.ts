import type { ServerAccount } from "../accounts/account.ts";
import type { ImapCommand } from "../parsing/command.ts";
import { deliverRaw } from "../accounts/delivery.ts";
import { type Completion, completed } from "../sessions/session.ts";

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
