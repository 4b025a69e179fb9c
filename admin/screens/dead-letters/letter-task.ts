import { api, done, parseAnswer } from "../../api/client.ts";
import { type LetterBody, type LetterChoice, toLetterBody } from "./letter-query.ts";

/** An action and the letters that it applies to. */
export interface LetterTask {
  action: "redeliver" | "delete";
  choice: LetterChoice;
  /** The number of letters when the page was loaded; it may have changed since then. */
  count: number;
}

const letters = api["dead-letters"];
const NUMBER = new Intl.NumberFormat();

/** Returns, for example, `1 dead letter` or `1,204 dead letters`. */
export const lettersInWords = (count: number): string =>
  `${NUMBER.format(count)} dead letter${count === 1 ? "" : "s"}`;

/** Runs the action and returns its result as text. */
export async function performTask({ action, choice }: LetterTask): Promise<string> {
  if (choice.kind === "one") return performOne(action, choice.letter.id);
  const json: LetterBody =
    choice.kind === "chosen" ? { ids: [...choice.ids] } : toLetterBody(choice.query);
  if (action === "delete") {
    const { deleted } = await parseAnswer(letters.delete.$post({ json }));
    return `${lettersInWords(deleted)} ${deleted === 1 ? "is" : "are"} deleted.`;
  }
  const { requested } = await parseAnswer(letters.redeliver.$post({ json }));
  return requested === 0
    ? "There was nothing left to redeliver."
    : `Redelivering ${lettersInWords(requested)}.`;
}

async function performOne(action: LetterTask["action"], id: string): Promise<string> {
  if (action === "delete") {
    await done(letters[":id"].$delete({ param: { id } }));
    return "Dead letter deleted.";
  }
  await done(letters[":id"].redeliver.$post({ param: { id } }));
  return "Redelivering the event.";
}
