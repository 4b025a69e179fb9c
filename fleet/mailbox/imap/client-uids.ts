import type { FetchQueryObject, ImapFlow } from "imapflow";
import { MAX_UID, type UidWindow } from "./uid-window.ts";
import { isCutShort, type UidAnswer, type UidSource } from "./list-uids.ts";
import { readDate } from "./fetch/message-header.ts";
import type { ClientLog } from "./failures/client-log.ts";
import type { InputKind } from "./input/input-limits.ts";

/**
 * How many UIDs outside the requested range an answer may contain. `n:*` may return one such UID
 * (RFC 9051, 9: seq-range), and some servers return a few.
 */
const MAX_OUTSIDE = 1_000;

/** Asks one connection's server for UIDs, by SEARCH or by FETCH. */
export class ClientUids implements UidSource {
  readonly #client: ImapFlow;
  readonly #log: ClientLog;
  /** Called as each command begins. */
  readonly #begin: (kind: InputKind) => void;
  #refusesSearch: unknown;
  /** The most messages that the running command checks; null if the server reported no limit. */
  #limit: number | null = null;

  constructor(client: ImapFlow, log: ClientLog, begin: (kind: InputKind) => void) {
    this.#client = client;
    this.#log = log;
    this.#begin = begin;
  }

  /** Called when the server sends `[MESSAGELIMIT n uid]`. `limit` is n. */
  onMessageLimit(limit: number): void {
    this.#limit = limit;
  }

  /** Makes every later `search()` return "refused", so that callers use `fetch()`. */
  distrustSearch(): void {
    this.#refusesSearch = new Refused("SEARCH does not find messages that exist");
  }

  async search(range: UidWindow, since?: Date): Promise<UidAnswer> {
    if (this.#refusesSearch !== undefined) return { kind: "refused", error: this.#refusesSearch };
    const answer = await this.#ask(range, async () => {
      const query = { uid: toSet(range), ...(since && { since }) };
      this.#begin("search");
      const uids = await this.#client.search(query, { uid: true });
      if (!Array.isArray(uids)) throw new Refused("The server refused to search");
      refuseOutside(uids, range);
      return uids;
    });
    if (answer.kind === "refused") this.#refusesSearch = answer.error;
    return answer;
  }

  fetch(range: UidWindow, since?: Date): Promise<UidAnswer> {
    return this.#ask(range, async () => {
      // SEARCH compares days only. Fetching from the earliest possible start of the day finds at
      // least what SEARCH would find.
      const from = since && startOfDay(since);
      const uids = await this.#fetchUids(toSet(range), { uid: true }, from);
      refuseOutside(uids, range);
      return uids;
    });
  }

  /**
   * Returns how many messages the open mailbox holds. Returns null when the server does not report
   * the number.
   */
  get messages(): number | null {
    const { mailbox } = this.#client;
    // Undefined when the server answered EXAMINE without EXISTS. ImapFlow's types do not say so.
    const exists: number | undefined = mailbox ? mailbox.exists : undefined;
    return exists ?? null;
  }

  /**
   * Returns the UID of the last message; 0 in an empty mailbox. Tries several commands. `UID FETCH
   * n:*` must return the last message for every n (RFC 9051, 9: seq-range). But Courier sends
   * nothing if n is above the last UID. Other servers accept no number above 2^31.
   */
  async last(): Promise<number> {
    const { messages } = this;
    if (messages === 0) return 0;
    const ways = [
      () => this.#fetchUids("*", { uid: false }),
      () => this.#fetchUids(`${MAX_UID}:*`, { uid: true }),
      async () => {
        this.#begin("search");
        return (await this.#client.search({ all: true }, { uid: true })) || [];
      },
    ];
    for (const way of ways) {
      const uids = (await unlessRefused(way)).filter((uid) => uid <= MAX_UID);
      if (uids.length > 0) return uids.reduce((a, b) => Math.max(a, b));
    }
    if (messages === null) return 0;
    throw new Refused("The server does not show the last message");
  }

  async #ask(range: UidWindow, command: () => Promise<number[]>): Promise<UidAnswer> {
    const unreadBefore = this.#log.unreadLines;
    this.#limit = null;
    try {
      const uids = await command();
      if (this.#isCutShort(range)) return { kind: "limited", limit: this.#limit ?? 1 };
      if (this.#log.unreadLines === unreadBefore) return { kind: "all", uids };
      return { kind: "refused", error: new Error("The server sent a line that cannot be read") };
    } catch (error) {
      if (!isNoOrBad(error)) throw error;
      if (this.#isCutShort(range)) return { kind: "limited", limit: this.#limit ?? 1 };
      return { kind: "refused", error };
    }
  }

  #isCutShort(range: UidWindow): boolean {
    return this.#limit !== null && isCutShort(range, this.#limit);
  }

  async #fetchUids(set: string, options: { uid: boolean }, since?: Date): Promise<number[]> {
    this.#begin("rows");
    const uids: number[] = [];
    let nameless = 0;
    const query: FetchQueryObject = { uid: true, ...(since && { internalDate: true }) };
    for await (const { uid, internalDate } of this.#client.fetch(set, query, options)) {
      const date = readDate(internalDate);
      const isOld = since !== undefined && date !== undefined && date < since;
      if (!uid) nameless++;
      else if (!isOld) uids.push(uid);
    }
    if (nameless > 0) throw new Refused("The server sent rows without a UID");
    return uids;
  }
}

/** Thrown for a refusal that ImapFlow does not report as an error. */
class Refused extends Error {
  override readonly name = "Refused";
  readonly responseStatus = "NO";
}

function refuseOutside(uids: readonly number[], { first, last }: UidWindow): void {
  const outside = uids.filter((uid) => uid < first || uid > last);
  if (outside.length > MAX_OUTSIDE)
    throw new Refused("The server answered with messages that were not requested");
}

/** Returns whether the server answered a command with NO or BAD. */
export function isNoOrBad(error: unknown): error is Error {
  const status: unknown = error instanceof Error ? Reflect.get(error, "responseStatus") : undefined;
  return status === "NO" || status === "BAD";
}

async function unlessRefused(command: () => Promise<number[]>): Promise<number[]> {
  try {
    return await command();
  } catch (error) {
    if (isNoOrBad(error)) return [];
    throw error;
  }
}

const toSet = ({ first, last }: UidWindow) => `${first}:${last === MAX_UID ? "*" : last}`;

/**
 * Returns the earliest time at which this day may begin in the server's time zone, which is
 * unknown.
 */
const startOfDay = (date: Date) =>
  new Date(Math.floor(date.getTime() / DAY_MS) * DAY_MS - DAY_MS / 2);

const DAY_MS = 86_400_000;
