import { expect, test } from "vitest";
import { activateKey, addKey, type KeyRings, listKids, retireKey, RINGS } from "./key-rings.ts";

const oct = (kid: string) => ({ kty: "oct" as const, kid, k: "k".repeat(43) });
const ec = (kid: string) => ({ kty: "EC", crv: "P-256", kid, x: "x", y: "y", d: "d" }) as const;
const rings: KeyRings = {
  mailbox: { keys: [ec("m1"), ec("m2"), ec("m3")] },
  partner: { keys: [oct("p1"), oct("p2"), oct("p3")] },
};
const ringLetters = { mailbox: "m", partner: "p" } as const;

test.each(RINGS)("a new key of the %s ring opens and does not seal", async (ring) => {
  const added = await addKey(rings, ring);
  const [first, , , fourth] = listKids(added, ring);
  expect(first).toBe(`${ringLetters[ring]}1`);
  expect(fourth).toMatch(/^[\dA-Za-z]{9}$/);
  const other = ring === "mailbox" ? "partner" : "mailbox";
  expect(added[other]).toBe(rings[other]);
});

test.each(RINGS)("a key of the %s ring that is activated comes first", (ring) => {
  const letter = ringLetters[ring];
  const activated = activateKey(rings, ring, `${letter}3`);
  expect(listKids(activated, ring)).toEqual([3, 1, 2].map((n) => `${letter}${n}`));
});

test.each(RINGS)("a key of the %s ring that is retired is gone", (ring) => {
  const letter = ringLetters[ring];
  expect(listKids(retireKey(rings, ring, `${letter}2`), ring)).toEqual([
    `${letter}1`,
    `${letter}3`,
  ]);
});

test.each([
  ["activate", "m9", "Cannot activate m9: the mailbox ring has m1, m2, m3"],
  ["activate", "p2", "Cannot activate p2: the mailbox ring has m1, m2, m3"],
  ["activate", "m1", "Cannot activate m1: it seals already"],
  ["retire", "m9", "Cannot retire m9: the mailbox ring has m1, m2, m3"],
  ["retire", "m1", "Cannot retire m1: it seals; activate another one first"],
] as const)("to %s %s is refused in words", (action, kid, words) => {
  const act = action === "activate" ? activateKey : retireKey;
  expect(() => act(rings, "mailbox", kid)).toThrow(words);
});
