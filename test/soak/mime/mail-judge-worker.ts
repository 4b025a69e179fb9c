import { parentPort } from "node:worker_threads";
import * as v from "valibot";
import { judgeMail } from "./judge-mail.ts";
import { mutateMail } from "./mutate-mail.ts";

// This file runs in a thread of its own. If a mail takes hours or all memory, only this thread
// ends.
const question = v.union([
  v.object({ seed: v.number() }),
  v.object({ raw: v.instance(Uint8Array) }),
]);

parentPort?.on("message", (message: unknown) => void answer(message));

async function answer(message: unknown): Promise<void> {
  const asked = v.parse(question, message);
  const raw = "raw" in asked ? asked.raw : mutateMail(asked.seed).raw;
  parentPort?.postMessage(await judgeMail(raw), []);
}
