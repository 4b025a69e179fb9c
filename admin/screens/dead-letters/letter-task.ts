import { answerOf, api, done } from "../../api/client.ts";
import { type Choice, type LetterBody, letterBodyOf } from "./letter-query.ts";

/** What is to be done, and with which letters. */
export interface LetterTask {
  action: "redeliver" | "delete";
  choice: Choice;
  /** How many there are, as far as is known. */
  count: number;
}

const letters = api["dead-letters"];
const NUMBER = new Intl.NumberFormat();

/** `1 dead letter`, `1,204 dead letters`. */
export const lettersInWords = (count: number): string =>
  `${NUMBER.format(count)} dead letter${count === 1 ? "" : "s"}`;

/** @returns what came of it, in words. */
export async function performTask({ action, choice }: LetterTask): Promise<string> {
  if (choice.kind === "one") return performOne(action, choice.letter.id);
  const json: LetterBody =
    choice.kind === "chosen" ? { ids: [...choice.ids] } : letterBodyOf(choice.query);
  if (action === "delete") {
    const { deleted } = await answerOf(letters.delete.$post({ json }));
    return `${lettersInWords(deleted)} ${deleted === 1 ? "is" : "are"} deleted.`;
  }
  const { requested } = await answerOf(letters.redeliver.$post({ json }));
  return requested === 0
    ? "Nothing was left to be delivered again."
    : `${lettersInWords(requested)} ${requested === 1 ? "is" : "are"} on the way again.`;
}

async function performOne(action: LetterTask["action"], id: string): Promise<string> {
  if (action === "delete") {
    await done(letters[":id"].$delete({ param: { id } }));
    return "The dead letter is deleted.";
  }
  await done(letters[":id"].redeliver.$post({ param: { id } }));
  return "The event is on its way again.";
}
