import type { InferRequestType, InferResponseType } from "hono/client";
import type { api } from "../../api/client.ts";
import { isEventKind } from "../../parts/states/event-kind.ts";

type List = (typeof api)["dead-letters"]["$get"];
export type Letter = InferResponseType<List, 200>["letters"][number];
export type ShownLetterState = Letter["state"];

/** The filters for letters. They are stored in the screen's address. */
export type LetterQuery = Omit<InferRequestType<List>["query"], "cursor" | "limit">;
export type LetterBody = InferRequestType<
  (typeof api)["dead-letters"]["redeliver"]["$post"]
>["json"];

/** The letters that an action applies to. */
export type LetterChoice =
  | { kind: "one"; letter: Letter }
  | { kind: "chosen"; ids: readonly string[] }
  | { kind: "matching"; query: LetterQuery };

export const STATE_WORDS: Readonly<Record<ShownLetterState, string>> = {
  waiting: "waiting",
  requested: "redelivering",
  redelivered: "redelivered",
};

const FREE = ["partner_id", "user_id", "user_tag", "error", "died_after", "died_before"] as const;

/** Reads the filters from the address. An unknown state or kind is ignored. */
export function parseLetterQuery(query: Readonly<Record<string, string>>): LetterQuery {
  const asked: LetterQuery = {};
  for (const name of FREE) if (query[name]) asked[name] = query[name];
  const { state, kind } = query;
  if (state !== undefined && isState(state)) asked.state = state;
  if (kind !== undefined && isEventKind(kind)) asked.kind = kind;
  return asked;
}

/**
 * Converts the filters to the body of a request that changes letters. Without a filter, or with
 * only a partner, the body must contain `all`.
 */
export function toLetterBody({ partner_id, ...narrowed }: LetterQuery): LetterBody {
  const owner = partner_id === undefined ? {} : { partner_id };
  return Object.keys(narrowed).length > 0 ? { ...owner, ...narrowed } : { ...owner, all: true };
}

const isState = (state: string): state is ShownLetterState => Object.hasOwn(STATE_WORDS, state);
