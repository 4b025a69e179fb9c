import { api, done, parseAnswer, until } from "../../../api/client.ts";
import type { usersQuery } from "../users-query.ts";
import { USER_TURNS } from "../user-turns.ts";

/** The actions on many users. */
export const BULK_TURNS = ["retry", "pause", "resume", "archive", "restore"] as const;
export type BulkTurn = (typeof BULK_TURNS)[number];

export type AskedUsers = ReturnType<typeof usersQuery>["asked"];

/** The users that an action applies to: those chosen on the page, or all that match the filters. */
export type UserChoice =
  | { kind: "chosen"; ids: readonly string[] }
  | { kind: "matching"; asked: AskedUsers };

/** How many users one action changes at most; the page sends a request for each. */
export const MAX_BULK = 10_000;
const PAGE = 200;

/** Lists the ids of the chosen users, `MAX_BULK` at most. */
export async function listUserIds(choice: UserChoice, signal: AbortSignal): Promise<string[]> {
  if (choice.kind === "chosen") return [...choice.ids];
  const ids: string[] = [];
  let cursor: string | null = null;
  do {
    const query = { ...choice.asked, limit: String(PAGE), ...(cursor !== null && { cursor }) };
    const page: UserIds = await parseAnswer(api.users.$get({ query }, until(signal)));
    ids.push(...page.users.map(({ id }) => id));
    cursor = page.next_cursor;
  } while (cursor !== null && ids.length < MAX_BULK);
  return ids.slice(0, MAX_BULK);
}

interface UserIds {
  users: { id: string }[];
  next_cursor: string | null;
}

export const performTurn = (turn: BulkTurn, id: string): Promise<void> =>
  done(api.users[":id"].$patch({ param: { id }, json: USER_TURNS[turn].change }));
