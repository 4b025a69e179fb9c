import type { InferRequestType, InferResponseType } from "hono/client";
import type { api } from "../../api/client.ts";
import { isEventKind } from "../../parts/states/event-kind.ts";

type List = (typeof api)["dead-letters"]["$get"];
export type Letter = InferResponseType<List, 200>["letters"][number];
export type LetterState = Letter["state"];

/** What the letters are narrowed to, as the address of the screen says it. */
export type LetterQuery = Omit<InferRequestType<List>["query"], "cursor" | "limit">;
export type LetterBody = InferRequestType<
  (typeof api)["dead-letters"]["redeliver"]["$post"]
>["json"];

/** Letters that something is done with. */
export type Choice =
  | { kind: "one"; letter: Letter }
  | { kind: "chosen"; ids: readonly string[] }
  | { kind: "matching"; query: LetterQuery };

export const STATE_WORDS: Readonly<Record<LetterState, string>> = {
  waiting: "waiting",
  requested: "on its way again",
  redelivered: "delivered at last",
};

const FREE = ["partner_id", "user_id", "user_tag", "error", "died_after", "died_before"] as const;

/** A state or a kind that nobody knows is no filter. */
export function letterQueryOf(query: Readonly<Record<string, string>>): LetterQuery {
  const asked: LetterQuery = {};
  for (const name of FREE) if (query[name]) asked[name] = query[name];
  const { state, kind } = query;
  if (state !== undefined && isState(state)) asked.state = state;
  if (kind !== undefined && isEventKind(kind)) asked.kind = kind;
  return asked;
}

/** The same letters, for a request that changes them: where nothing narrows them, all must be said. */
export function letterBodyOf({ partner_id, ...narrowed }: LetterQuery): LetterBody {
  const owner = partner_id === undefined ? {} : { partner_id };
  return Object.keys(narrowed).length > 0 ? { ...owner, ...narrowed } : { ...owner, all: true };
}

const isState = (state: string): state is LetterState => Object.hasOwn(STATE_WORDS, state);
