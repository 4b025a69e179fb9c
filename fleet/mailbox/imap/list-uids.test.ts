import { expect, test } from "vitest";
import { MAX_NAMED_UIDS } from "./input/input-limits.ts";
import {
  EndlessAnswer,
  isCutShort,
  listUids,
  type UidAnswer,
  type UidSource,
} from "./list-uids.ts";

const range = (first: number, last: number) => ({ first, last });
const numbers = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, n) => first + n);

/**
 * A mailbox with these UIDs. Its server checks at most `limit` messages per command, and refuses
 * the commands that the text `refuses` names.
 */
function server(uids: readonly number[], { limit = Infinity, refuses = "" } = {}) {
  const asked: string[] = [];
  const answer =
    (name: string) =>
    ({ first, last }: { first: number; last: number }): Promise<UidAnswer> => {
      asked.push(`${name} ${first}:${last}`);
      if (refuses.includes(name))
        return Promise.resolve({ kind: "refused", error: new Error(`no ${name}`) });
      const found = uids.filter((uid) => uid >= first && uid <= last);
      return Promise.resolve(
        found.length > limit && isCutShort({ first, last }, limit)
          ? { kind: "limited", limit }
          : { kind: "all", uids: found },
      );
    };
  const source: UidSource = { search: answer("search"), fetch: answer("fetch") };
  return { source, asked };
}

test("listUids() asks once where the server looks at the whole range", async () => {
  const { source, asked } = server([3, 5]);
  expect(await listUids(source, range(1, 10))).toEqual([3, 5]);
  expect(asked).toEqual(["search 1:10"]);
});

test("listUids() finds all of 2,000 messages in answers for 100 each", async () => {
  const { source } = server(numbers(1, 2_000), { limit: 100 });
  expect(await listUids(source, range(1, 4_000))).toEqual(numbers(1, 2_000));
});

test("listUids() never splits a range that fits into the limit", async () => {
  const source: UidSource = {
    search: (at) =>
      Promise.resolve(
        isCutShort(at, 1_000)
          ? { kind: "limited", limit: 1_000 }
          : { kind: "all", uids: [at.first] },
      ),
    fetch: () => Promise.reject(new Error("not asked")),
  };
  expect(await listUids(source, range(1, 4_000))).toHaveLength(4);
});

test("listUids() takes FETCH where SEARCH is refused", async () => {
  const { source, asked } = server([3, 5], { refuses: "search" });
  expect(await listUids(source, range(1, 10))).toEqual([3, 5]);
  expect(asked).toEqual(["search 1:10", "fetch 1:10"]);
});

test("listUids() fails with the server's answer if both are refused", async () => {
  const { source } = server([3, 5], { refuses: "search fetch" });
  await expect(listUids(source, range(1, 10))).rejects.toThrow("no fetch");
});

test("listUids() ignores unrequested and repeated UIDs", async () => {
  const source: UidSource = {
    search: () => Promise.resolve({ kind: "all", uids: [12, 5, 3, 5, 0] }),
    fetch: () => Promise.reject(new Error("not asked")),
  };
  expect(await listUids(source, range(1, 10))).toEqual([3, 5]);
});

test("listUids() ends at a server that names every message of every half", async () => {
  const limit = 65_536;
  let asked = 0;
  const source: UidSource = {
    search(at) {
      asked++;
      return Promise.resolve(
        isCutShort(at, limit)
          ? { kind: "limited", limit }
          : { kind: "all", uids: numbers(at.first, at.last) },
      );
    },
    fetch: () => Promise.reject(new Error("not asked")),
  };
  await expect(listUids(source, range(1, 2 ** 32 - 1))).rejects.toThrow(EndlessAnswer);
  expect(asked).toBeLessThan(30);
  expect(await listUids(source, range(1, MAX_NAMED_UIDS))).toHaveLength(MAX_NAMED_UIDS);
});

test("listUids() ends at a server that cuts every answer short", async () => {
  let asked = 0;
  const source: UidSource = {
    search(at) {
      asked++;
      return Promise.resolve(
        isCutShort(at, 1) ? { kind: "limited", limit: 1 } : { kind: "all", uids: [] },
      );
    },
    fetch: () => Promise.reject(new Error("not asked")),
  };
  await expect(listUids(source, range(1, 2 ** 32 - 1))).rejects.toThrow(EndlessAnswer);
  expect(asked).toBe(10_000);
});
