import { expect, test } from "vitest";
import { fuzz } from "../fuzz.ts";
import { createMimeFuzzer, repeatMail } from "./fuzz-mime.ts";
import { createMailJudge } from "./mail-judge.ts";

const SEED = 20_261_130;
const toWorkerUrl = (code: string) =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`import { parentPort } from "node:worker_threads"; ${code}`)}`,
  );

test("a hundred mutated mails are read as they must be", { timeout: 120_000 }, async () => {
  await using fuzzer = createMimeFuzzer();
  const details: string[] = [];
  const [count] = await fuzz(
    [fuzzer],
    { seed: SEED, maxRuns: 100, maxMs: Infinity },
    {
      say: () => undefined,
      keep: async ({ kind, detail }) => `${details.push(`${kind}: ${detail}`)}`,
      signal: new AbortController().signal,
    },
  );
  expect(details).toEqual([]);
  expect(count?.runs).toBe(100);
});

test("a mail without faults is not a finding", async () => {
  expect(await repeatMail(Buffer.from("Subject: a\r\n\r\nb\r\n"))).toEqual([]);
});

test("a mail that is never read to its end is a finding", async () => {
  const workerUrl = toWorkerUrl(`parentPort.on("message", () => { for (;;); });`);
  await using judge = createMailJudge({ deadlineMs: 300, workerUrl });
  expect(await judge.judge({ seed: 1 })).toEqual({ kind: "hung", detail: "no end after 300 ms" });
});

test("a mail that ends the thread that reads it is a finding, and the next one is read", async () => {
  const workerUrl = toWorkerUrl(
    `parentPort.on("message", ({ seed }) => { if (seed === 1) throw new Error("broken"); parentPort.postMessage(null); });`,
  );
  await using judge = createMailJudge({ workerUrl });
  expect(await judge.judge({ seed: 1 })).toEqual({ kind: "crashed", detail: "broken" });
  expect(await judge.judge({ seed: 2 })).toBeNull();
});
