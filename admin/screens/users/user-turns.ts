export type UserTurn = "retry" | "release" | "pause" | "resume" | "archive" | "restore";

interface Turn {
  question(tag: string): string;
  action: string;
  /** What the action does. */
  text: string;
  told(tag: string): string;
  change: { retry: true } | { quarantined: false } | { paused: boolean } | { archived: boolean };
  isDangerous: boolean;
}

/** The actions that switch a setting of a user on or off. */
export const USER_TURNS: Readonly<Record<UserTurn, Turn>> = {
  retry: {
    question: (tag) => `Retry ${tag} now?`,
    action: "Retry now",
    text: "Its login is tried again immediately. If the mail server refuses it again, the partner gets no second event.",
    told: (tag) => `Trying the login of ${tag} again.`,
    change: { retry: true },
    isDangerous: false,
  },
  release: {
    question: (tag) => `Release ${tag}?`,
    action: "Release",
    text: "Its mailbox is watched again immediately. If its mail server harms the fleet twice more, the user is quarantined again.",
    told: (tag) => `${tag} released.`,
    change: { quarantined: false },
    isDangerous: false,
  },
  pause: {
    question: (tag) => `Pause ${tag}?`,
    action: "Pause",
    text: "Its mailbox is not watched until you resume it. Mail that arrives meanwhile is read then.",
    told: (tag) => `${tag} paused.`,
    change: { paused: true },
    isDangerous: false,
  },
  resume: {
    question: (tag) => `Resume ${tag}?`,
    action: "Resume",
    text: "Its mailbox is watched again, starting with the first mail that was not read yet.",
    told: (tag) => `${tag} is watched again.`,
    change: { paused: false },
    isDangerous: false,
  },
  archive: {
    question: (tag) => `Archive ${tag}?`,
    action: "Archive",
    text: "Its mailbox is no longer watched, and its partner receives no more events for it. Its data is kept, and you can restore it.",
    told: (tag) => `${tag} archived.`,
    change: { archived: true },
    isDangerous: true,
  },
  restore: {
    question: (tag) => `Restore ${tag}?`,
    action: "Restore",
    text: "Its mailbox is watched again, starting with the first mail that was not read yet.",
    told: (tag) => `${tag} restored.`,
    change: { archived: false },
    isDangerous: false,
  },
};
