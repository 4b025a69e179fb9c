export type UserTurn = "release" | "pause" | "resume" | "archive" | "restore";

interface Turn {
  question(tag: string): string;
  action: string;
  /** What the action does. */
  text: string;
  told(tag: string): string;
  change: { quarantined: false } | { paused: boolean } | { archived: boolean };
  isDangerous: boolean;
}

/** The settings of a user that can be switched on and off. */
export const USER_TURNS: Readonly<Record<UserTurn, Turn>> = {
  release: {
    question: (tag) => `Release ${tag}?`,
    action: "Release",
    text: "Its mailbox is watched again at once. If its mail server hurts us again, the user is left alone again after the second time.",
    told: (tag) => `${tag} is released.`,
    change: { quarantined: false },
    isDangerous: false,
  },
  pause: {
    question: (tag) => `Pause ${tag}?`,
    action: "Pause",
    text: "Its mailbox is not watched until it is resumed. Mail that comes meanwhile is read then.",
    told: (tag) => `${tag} is paused.`,
    change: { paused: true },
    isDangerous: false,
  },
  resume: {
    question: (tag) => `Resume ${tag}?`,
    action: "Resume",
    text: "Its mailbox is watched again, from where it was read to.",
    told: (tag) => `${tag} is watched again.`,
    change: { paused: false },
    isDangerous: false,
  },
  archive: {
    question: (tag) => `Archive ${tag}?`,
    action: "Archive",
    text: "Its mailbox is not watched any more, and its partner hears of no new mail. What is known of it stays, and it can be restored.",
    told: (tag) => `${tag} is archived.`,
    change: { archived: true },
    isDangerous: true,
  },
  restore: {
    question: (tag) => `Restore ${tag}?`,
    action: "Restore",
    text: "Its mailbox is watched again, from where it was read to.",
    told: (tag) => `${tag} is restored.`,
    change: { archived: false },
    isDangerous: false,
  },
};
