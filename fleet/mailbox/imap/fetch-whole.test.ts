import { expect, test } from "vitest";
import { fetchWhole } from "./fetch-whole.ts";

/** A server that names size 5 for message 1 and sends these texts, one after the other. */
const cases: [name: string, sent: string[], believed: string | undefined, fetches: number][] = [
  ["believes a message of the right length at once", ["12345"], "12345", 1],
  ["asks again for a shorter one, and believes the right length", ["123", "12345"], "12345", 2],
  ["believes a wrong length that comes twice the same", ["123", "123"], "123", 2],
  ["leaves out what comes in different bytes", ["123", "124"], undefined, 2],
  ["leaves out what comes in different lengths", ["123", "1234"], undefined, 2],
  ["leaves out what is gone at the second look", ["123"], undefined, 2],
];

test.each(cases)("fetchWhole() %s", async (_name, sent, believed, fetches) => {
  const texts = sent.values();
  let asked = 0;
  const fetchBodies = async () => {
    asked++;
    const { value, done } = texts.next();
    return new Map(done ? [] : [[1, new TextEncoder().encode(value)]]);
  };
  const bodies = await fetchWhole({ fetchBodies }, new Map([[1, 5]]), [1]);
  expect(bodies.get(1) && new TextDecoder().decode(bodies.get(1))).toBe(believed);
  expect(asked).toBe(fetches);
});
