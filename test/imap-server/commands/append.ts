import type { Account } from "../account.ts";
import type { Command } from "../command.ts";
import { deliver } from "../delivery.ts";
import { type Completion, completed } from "../session.ts";

export function append(account: Account, command: Command & { name: "APPEND" }): Completion {
  const mailbox = account.find(command.mailbox);
  if (!mailbox) return completed("NO [TRYCREATE] No such mailbox");
  const { flags, internalDate } = command;
  const { uid, uidValidity } = deliver(account, command.raw, {
    mailbox: mailbox.name,
    flags,
    ...(internalDate !== undefined && { internalDate: new Date(internalDate) }),
  });
  return completed(`OK [APPENDUID ${uidValidity} ${uid}] APPEND completed`);
}
