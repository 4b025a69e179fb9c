import { expect, test } from "vitest";
import { fetchWhole } from "./fetch-whole.ts";

type Case = [name: string, sent: string[], believed: string | undefined, fetches: number];

async function fetched(sent: readonly string[], { size = 5, isLastTry = false } = {}) {
  const texts = sent.values();
  let asked = 0;
  const fetchBodies = () => {
    asked++;
    const { value, done } = texts.next();
    return Promise.resolve(new Map(done ? [] : [[1, new TextEncoder().encode(value)]]));
  };
  const wanted = { sizes: new Map([[1, size]]), isLastTry: () => isLastTry, isLate: () => false };
  const body = (await fetchWhole({ fetchBodies }, wanted, [1])).get(1);
  return { believed: body && new TextDecoder().decode(body), fetches: asked };
}

/**
 * The server reports a size of 5 for message 1. Each case: name, texts that the server sends (one
 * per FETCH), accepted text, number of FETCHes.
 */
const cases: Case[] = [
  ["believes a message of the right length at once", ["12345"], "12345", 1],
  ["asks again for a shorter one, and believes the right length", ["123", "12345"], "12345", 2],
  ["believes a wrong length that comes twice the same", ["123", "123"], "123", 2],
  ["leaves out what comes in different bytes", ["123", "124"], undefined, 2],
  ["leaves out what comes in different lengths", ["123", "1234"], undefined, 2],
  ["leaves out what is gone at the second look", ["123"], undefined, 2],
  ["leaves out a mail with a size that comes empty twice", ["", ""], undefined, 2],
];

test.each(cases)("fetchWhole() %s", async (_name, sent, believed, fetches) => {
  expect(await fetched(sent)).toEqual({ believed, fetches });
});

const lastTries: Case[] = [
  ["takes the longer of two that differ", ["123456", "123"], "123456", 2],
  ["takes the second of two of one length", ["123", "124"], "124", 2],
  ["takes what comes after nothing", ["", "123"], "123", 2],
  ["still leaves out what comes empty", ["", ""], undefined, 2],
];

test.each(lastTries)("fetchWhole() at the last try %s", async (_name, sent, believed, fetches) => {
  expect(await fetched(sent, { isLastTry: true })).toEqual({ believed, fetches });
});

test("fetchWhole() believes that a mail of size 0 is empty", async () => {
  expect(await fetched([""], { size: 0 })).toEqual({ believed: "", fetches: 1 });
});
