/**
 * What happens with a mail:
 *
 * - `delivered`: Its mailbox gets it once.
 * - `repeated`: Its mailbox gets it twice. The second copy must be skipped.
 * - `dated_back`: Its date is before the creation of its user. A scan (a catch-up by date) may skip
 *   it. A session delivers it.
 */
export const FATES = ["delivered", "repeated", "dated_back"] as const;
export type Fate = (typeof FATES)[number];

export interface PlannedMail {
  /** The number of the mail. The subject contains it. */
  n: number;
  login: string;
  messageId: string;
  fate: Fate;
  raw: string;
}

export interface PlanContext {
  logins: readonly string[];
  /**
   * The seed of the run. It is part of the Message-IDs, so that they differ from those of other
   * runs.
   */
  seed: number;
  /** Returns numbers from 0 (inclusive) to 1 (exclusive). */
  random(): number;
}

const REPEATED_SHARE = 0.02;
const DATED_BACK_SHARE = 0.02;
const MAX_LINES = 250;
const LINE = "All work and no play makes Jack a dull boy, and so does all mail and no IDLE.\r\n";

/** Plans a mail for a random user. Its size is between 200 bytes and 20 kB. */
export function planMail(n: number, { logins, seed, random }: PlanContext): PlannedMail {
  const login = logins[Math.floor(random() * logins.length)] ?? "";
  const fate = chooseFate(random());
  const messageId = `<${n}.${seed}@stress.test>`;
  const raw = [
    "From: stress@stress.test\r\n",
    `To: ${login}@test\r\n`,
    `Message-ID: ${messageId}\r\n`,
    `Subject: mail ${n}\r\n\r\n`,
    `Mail ${n}\r\n`,
    LINE.repeat(Math.floor(random() * MAX_LINES)),
  ].join("");
  return { n, login, messageId, fate, raw };
}

function chooseFate(drawn: number): Fate {
  if (drawn < REPEATED_SHARE) return "repeated";
  return drawn < REPEATED_SHARE + DATED_BACK_SHARE ? "dated_back" : "delivered";
}
