import type { FuzzFinding } from "../finding.ts";
import type { Fuzzer } from "../fuzz.ts";
import { createMailJudge, type MailJudge } from "./mail-judge.ts";
import { mutateMail } from "./mutate-mail.ts";

/**
 * Creates a fuzzer for the payload format `parsed`. Each run mutates a mail of the corpus and
 * builds the payload.
 */
export function createMimeFuzzer(judge: MailJudge = createMailJudge()): Fuzzer {
  return {
    name: "mime",
    async run(seed) {
      const fault = await judge.judge({ seed });
      if (fault === null) return [];
      const { raw, made } = mutateMail(seed);
      return [{ ...fault, fuzzer: "mime", seed, detail: `${fault.detail} (${made})`, input: raw }];
    },
    [Symbol.asyncDispose]: () => judge[Symbol.asyncDispose](),
  };
}

/** Checks a mail from a file, in the same way as a run of the fuzzer. */
export async function repeatMail(raw: Uint8Array): Promise<FuzzFinding[]> {
  await using judge = createMailJudge();
  const fault = await judge.judge({ raw });
  return fault === null ? [] : [{ ...fault, fuzzer: "mime", seed: null, input: raw }];
}
