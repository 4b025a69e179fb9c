import type { BulkTurn } from "./bulk-users.ts";

interface BulkText {
  action: string;
  /** The question about these users, such as `Pause 12 users?`. */
  question(users: string): string;
  text: string;
  isDangerous: boolean;
}

export const BULK_TEXTS: Readonly<Record<BulkTurn, BulkText>> = {
  retry: {
    action: "Retry now",
    question: (users) => `Retry ${users} now?`,
    text: "Logins that failed are tried again immediately. Users who are watched, paused or archived stay as they are.",
    isDangerous: false,
  },
  pause: {
    action: "Pause",
    question: (users) => `Pause ${users}?`,
    text: "Their mailboxes are not watched until you resume them. Mail that arrives meanwhile is read then.",
    isDangerous: false,
  },
  resume: {
    action: "Resume",
    question: (users) => `Resume ${users}?`,
    text: "Mailboxes that were paused are watched again, starting with the first mail that was not read yet.",
    isDangerous: false,
  },
  archive: {
    action: "Archive",
    question: (users) => `Archive ${users}?`,
    text: "Their mailboxes are no longer watched, and their partners receive no more events for them. Their data is kept, and you can restore them.",
    isDangerous: true,
  },
  restore: {
    action: "Restore",
    question: (users) => `Restore ${users}?`,
    text: "Mailboxes of archived users are watched again, starting with the first mail that was not read yet.",
    isDangerous: false,
  },
};
