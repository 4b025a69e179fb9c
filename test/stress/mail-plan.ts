/**
 * The intended result for a mail. A mail `delivered` is put into its mailbox once. A mail
 * `repeated` is put there twice, and the second copy must be skipped. A mail `dated_back` has a
 * date before its user was created: it is delivered if it arrives live, but a scan may skip it.
 */
export const FATES = ["delivered", "repeated", "dated_back"] as const;
export type Fate = (typeof FATES)[number];

export interface PlannedMail {
  /** The mail's number, which is part of the subject. */
  n: number;
  login: string;
  messageId: string;
  fate: Fate;
  raw: string;
}

export interface PlanContext {
  logins: readonly string[];
  /** The seed of the run. It distinguishes the mails of this run from the mails of other runs. */
  seed: number;
  /** Uniform in [0, 1). */
  random(): number;
}

const REPEATED_SHARE = 0.02;
const DATED_BACK_SHARE = 0.02;
const MAX_LINES = 250;
const LINE = "All work and no play makes Jack a dull boy, and so does all mail and no IDLE.\r\n";

/** Plans a random mail of 200 bytes to 20 kB for one of the users. */
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
