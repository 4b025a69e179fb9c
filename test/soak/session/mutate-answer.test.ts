import { expect, test } from "vitest";
import { newDraw } from "../draw.ts";
import { ANSWER_MUTATIONS } from "./answer-mutations.ts";
import { mutateAnswer } from "./mutate-answer.ts";

const ROWS =
  '* 3 FETCH (UID 41 FLAGS () RFC822.SIZE 5 BODY[] {5}\r\nhello)\r\n* 4 FETCH (UID 42 X "a")\r\na7 OK done\r\n';
const SEARCH = "* SEARCH 41 42\r\na8 OK done\r\n";
const findUids = (answer: string) =>
  [...answer.matchAll(/\bUID (\d+)/g), ...answer.matchAll(/(?<=^\* SEARCH.*)(\d+)/gm)].map(
    ([, uid]) => uid,
  );

test.each(Object.entries(ANSWER_MUTATIONS))("%s changes an answer", (_name, mutate) => {
  const made = Array.from({ length: 30 }, (_, seed) =>
    mutate(ROWS, { draw: newDraw(seed), keepsIds: false }),
  );
  expect(made.some((answer) => answer !== ROWS)).toBe(true);
});

test.each([ROWS, SEARCH])("a UID that is kept is never another one: %j", (answer) => {
  for (let seed = 0; seed < 3_000; seed++) {
    const mutated = mutateAnswer(answer, { draw: newDraw(seed), keepsIds: true });
    for (const uid of findUids(mutated?.text ?? "")) expect(["41", "42"]).toContain(uid);
  }
});

test("without that they are mutated", () => {
  const uids = Array.from({ length: 300 }, (_, seed) =>
    findUids(mutateAnswer(SEARCH, { draw: newDraw(seed), keepsIds: false })?.text ?? ""),
  );
  expect(uids.flat().some((uid) => uid !== "41" && uid !== "42")).toBe(true);
});

test("an answer that names the mailbox's UIDVALIDITY is kept with it", () => {
  const answer = "* OK [UIDVALIDITY 7] valid\r\na1 OK done\r\n";
  expect(mutateAnswer(answer, { draw: newDraw(1), keepsIds: true })).toBeNull();
});
