import { ANSWER_MUTATIONS, type AnswerContext } from "./answer-mutations.ts";

const MAX_MUTATIONS = 3;
const mutations = Object.entries(ANSWER_MUTATIONS);
/**
 * Matches answers that must not be changed. If UIDVALIDITY is missing or too late, UIDs have no
 * meaning in the next session, and mail gets different ids.
 */
const NAMES_MAILBOX = /UIDVALIDITY/i;

/** An answer that was mutated, and how. */
export interface MutatedAnswer {
  text: string;
  made: string;
}

/** Mutates an answer once or a few times. Returns null if it must not be changed. */
export function mutateAnswer(answer: string, context: AnswerContext): MutatedAnswer | null {
  if (context.keepsIds && NAMES_MAILBOX.test(answer)) return null;
  let text = answer;
  const names: string[] = [];
  for (let count = context.draw.few(MAX_MUTATIONS); count > 0; count--) {
    const chosen = mutations[context.draw.below(mutations.length)];
    if (!chosen) break;
    const [name, mutate] = chosen;
    text = mutate(text, context);
    names.push(name);
  }
  return { text, made: names.join(", ") };
}
