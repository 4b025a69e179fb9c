import type { InferResponseType } from "hono/client";
import type { api } from "../../api/client.ts";
import { Badge, type Tone } from "./badge.tsx";

type MailLog = InferResponseType<(typeof api)["users"][":id"]["mail-log"]["$get"], 200>;
type State = MailLog["mails"][number]["state"];

export const MAIL_STATE_WORDS: Readonly<Record<State, readonly [tone: Tone, words: string]>> = {
  queued: ["busy", "queued"],
  delivered: ["good", "delivered"],
  dead: ["bad", "dead letter"],
  skipped: ["quiet", "skipped"],
  lost: ["bad", "lost"],
  parked: ["busy", "parked"],
};

export const isMailState = (text: string): text is State => Object.hasOwn(MAIL_STATE_WORDS, text);

/** Shows a mail's state in one word. */
export function MailState({ state }: { state: State }) {
  const [tone, words] = MAIL_STATE_WORDS[state];
  return <Badge tone={tone}>{words}</Badge>;
}
