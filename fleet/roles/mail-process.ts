/**
 * The process that parses untrusted mail (docs/decisions/007-mails-read-by-a-process.md). Reads
 * questions and mails from standard input, and writes answers to standard output. Has no secrets,
 * opens nothing, and ends when its input ends.
 */
import { Buffer } from "node:buffer";
import { writeFileSync } from "node:fs";
import process from "node:process";
import { readLetterText } from "../dead-letters/letter-text.ts";
import { toParsedJson } from "../webhook/payload/parsed-mail.ts";
import { createFrameReader, encodeFrame } from "../mime/reading/frames.ts";
import type { MailQuestion } from "../mime/reading/mail-question.ts";

// Signals to the whole process group must not end this process: the fleet needs it while it drains.
// After the drain, the fleet closes this process's standard input.
for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(name, () => undefined);
offerItself();

let question: MailQuestion | null = null;
process.stdin.on(
  "data",
  createFrameReader((frame) => {
    if (question === null) {
      question = JSON.parse(frame.toString());
      return;
    }
    const asked = question;
    question = null;
    void answer(asked, frame);
  }),
);
process.stdin.on("end", () => process.exit(0));
write("");

async function answer(asked: MailQuestion, raw: Uint8Array): Promise<void> {
  try {
    write(await answerQuestion(asked, raw));
  } catch {
    // Even an unparsable mail gets an answer. So this error is a bug, or memory is used up. The
    // fleet notices the exit.
    process.exit(1);
  }
}

async function answerQuestion(asked: MailQuestion, raw: Uint8Array): Promise<string> {
  switch (asked.kind) {
    case "parsed":
      return await toParsedJson({ ...asked, raw });
    case "letter":
      return JSON.stringify(await readLetterText(raw).catch(() => null));
  }
}

function write(text: string): void {
  for (const part of encodeFrame(Buffer.from(text))) process.stdout.write(part);
}

/** Makes Linux kill this process, and not the fleet, if the machine's memory is used up. */
function offerItself(): void {
  try {
    writeFileSync("/proc/self/oom_score_adj", "1000");
  } catch {
    // The system is not Linux, or the process may not write this file.
  }
}
