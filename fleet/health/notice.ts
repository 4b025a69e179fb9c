import { toRunbookPath, type ProblemName, type Urgency } from "../../shared/health/problem.ts";

/** What operators receive by mail and by webhook: a problem has begun, or is over. */
export type Notice =
  | {
      kind: "begun";
      key: string;
      name: ProblemName;
      urgency: Urgency;
      since: Date;
      cause: string;
      effect: string;
      advice: string;
      /** The path of the list of those concerned. */
      href: string;
    }
  | { kind: "over"; key: string; cause: string; since: Date; until: Date };

export type SendNotice = (notice: Notice) => Promise<void>;

export interface NoticeText {
  subject: string;
  body: string;
}

const SIGNS = { page: "Urgent", ticket: "Problem", info: "Note" } as const;

/**
 * Writes a notice as plain text.
 * @param publicUrl The URL of the edge, for the links.
 */
export function writeNotice(notice: Notice, publicUrl: string): NoticeText {
  if (notice.kind === "over") {
    const { cause, since, until } = notice;
    return {
      subject: `Over: ${cause}`,
      body: `It lasted from ${since.toISOString()} to ${until.toISOString()}.`,
    };
  }
  const { name, urgency, cause, effect, advice, since, href } = notice;
  const edge = publicUrl.replace(/\/$/, "");
  return {
    subject: `${SIGNS[urgency]}: ${cause}`,
    body: [
      `${effect} ${advice}`,
      `Since ${since.toISOString()}`,
      `Who: ${edge}${href}`,
      `What to do: ${edge}${toRunbookPath(name)}`,
    ].join("\n"),
  };
}
