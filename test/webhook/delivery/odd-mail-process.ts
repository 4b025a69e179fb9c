import { Buffer } from "node:buffer";
import process from "node:process";
import { createFrameReader, encodeFrame } from "../../../fleet/mime/reading/frames.ts";

// This program replaces the process that reads mails. It treats the text of each mail as a command,
// such as "a loop".
process.stdin.on("end", () => process.exit(0));
let isQuestion = true;
const read = createFrameReader((frame) => {
  isQuestion = !isQuestion;
  if (isQuestion) obey(frame.toString());
});
process.stdin.on("data", read);
write("");

function obey(mail: string): void {
  switch (mail) {
    case "a pattern":
      // This match takes cubic time. Under Bun, only a signal can end it.
      /^x|a*a*a*[bc]$/.test("a".repeat(100_000));
      break;
    case "a loop":
      for (;;);
    case "memory":
      takeMemory();
      break;
    case "silence":
      return;
    case "death":
      process.exit(7);
  }
  write(JSON.stringify({ mail, pid: process.pid, environment: Object.keys(process.env) }));
}

function takeMemory(): void {
  const taken: Uint8Array[] = [];
  for (;;) {
    taken.push(new Uint8Array(2 ** 20).fill(taken.length));
    // Makes each MiB take 2 ms, so that the parent process can notice that the memory use grows.
    const untilMs = performance.now() + 2;
    while (performance.now() < untilMs);
    if (taken.length > 4_096) return;
  }
}

function write(text: string): void {
  for (const part of encodeFrame(Buffer.from(text))) process.stdout.write(part);
}
