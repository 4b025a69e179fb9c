import { expect, test } from "vitest";
import { newWitness } from "./witness.ts";

const SECRET = 'canary <&"> 0815/+?é';
const base64 = (text: string) => Buffer.from(text).toString("base64");

test.each([
  ["as it is", `x${SECRET}y`],
  ["in an address", `/?a=${encodeURIComponent(SECRET)}&b`],
  ["in JSON", JSON.stringify({ a: `x${SECRET}` })],
  ["in base64", base64(`${SECRET}x`)],
  ["in base64 behind one character", base64(`x${SECRET}yz`)],
  ["in base64 behind two characters", base64(`xy${SECRET}`)],
  ["in base64url", Buffer.from(`abc${SECRET}`).toString("base64url")],
])("a witness finds a secret %s", (_how, text) => {
  const witness = newWitness();
  witness.plant("password", SECRET);
  witness.see("a log", text);
  expect(witness.leaks()).toEqual(["password in a log"]);
});

test("a witness finds nothing in texts without secrets", () => {
  const witness = newWitness();
  witness.plant("password", SECRET);
  witness.see("a log", "canary 0815, and the rest is silence");
  expect(witness.leaks()).toEqual([]);
});
