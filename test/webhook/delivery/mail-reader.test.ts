import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import {
  CannotReadMails,
  MailReader,
  type MailReaderSettings,
} from "../../../fleet/mime/reading/mail-reader.ts";
import { systemClock } from "../../../shared/clock.ts";
import { eventually } from "../../harness/eventually.ts";
import { newTestLog } from "../../harness/test-log.ts";

const ODD = fileURLToPath(new URL("./odd-mail-process.ts", import.meta.url));

/** Creates a reader with odd-mail-process.ts as its process. */
const oddReader = (settings: Partial<MailReaderSettings> = {}, log = newTestLog()) =>
  new MailReader(
    { clock: systemClock, log },
    { entry: ODD, cpuMs: 1_000, deadlineMs: 120_000, ...settings },
  );

const read = async (reader: MailReader, mail: string, partnerId = "par_a") =>
  await reader.read({ kind: "letter" }, Buffer.from(mail), { partnerId });

interface ReaderReport {
  mail: string;
  pid: number;
  environment: string[];
}

async function readReport(
  reader: MailReader,
  mail: string,
  partnerId?: string,
): Promise<ReaderReport> {
  const answer = await read(reader, mail, partnerId);
  if (answer.kind === "over_budget") throw new Error(answer.reason);
  return JSON.parse(answer.json);
}

const isAlive = (pid: number) => existsSync(`/proc/${pid}`);

test.each(["a pattern", "a loop"])(
  "a mail that keeps the process busy by %s is given up, and the next one is read",
  async (mail) => {
    const log = newTestLog();
    await using reader = oddReader({}, log);
    const before = await readReport(reader, "hello");
    expect(await read(reader, mail)).toEqual({
      kind: "over_budget",
      reason: "it took longer than 1 s",
    });
    await eventually("the process to end", () => (isAlive(before.pid) ? undefined : true));
    expect((await readReport(reader, "hello")).pid).not.toBe(before.pid);
    expect(log.lines.join("\n")).toContain('"event":"mail.over_budget"');
  },
);

test("a mail whose process hangs is given up after the deadline", async () => {
  await using reader = oddReader({ deadlineMs: 500 });
  expect(await read(reader, "silence")).toEqual({
    kind: "over_budget",
    reason: "it took longer than 0.5 s",
  });
});

test("a mail that takes too much memory is given up", async () => {
  await using reader = oddReader({ cpuMs: 60_000, memoryBytes: 300 * 2 ** 20 });
  expect(await read(reader, "memory")).toEqual({
    kind: "over_budget",
    reason: "it took more than 300 MiB of memory",
  });
});

test("a process that ends itself is replaced, and a mail that ends two is given up", async () => {
  await using reader = oddReader();
  expect(await read(reader, "death")).toEqual({
    kind: "over_budget",
    reason: "the process that read it died twice",
  });
  expect(await readReport(reader, "hello")).toMatchObject({ mail: "hello" });
});

test("a partner's slow mails do not delay another's", async () => {
  await using reader = oddReader();
  let slowOnes = 0;
  const slow = Array.from({ length: 2 }, async () => {
    await read(reader, "a loop", "par_slow");
    slowOnes++;
  });
  for (let n = 0; n < 20; n++) await readReport(reader, `${n}`, "par_other");
  expect(slowOnes).toBeLessThanOrEqual(1);
  await Promise.all(slow);
});

test("the process has no secrets of the fleet", async () => {
  process.env["PARTNER_KEYS"] ??= "secret";
  await using reader = oddReader();
  const { environment } = await readReport(reader, "hello");
  expect(environment).toContain("NODE_ENV");
  expect(environment.filter((name) => /KEY|PASS|URL|SECRET|TOKEN/.test(name))).toEqual([]);
});

test("a process that has nothing to do ends, and so do all with the reader", async () => {
  await using brief = oddReader({ idleMs: 100 });
  const { pid } = await readReport(brief, "hello");
  await eventually("the idle process to end", () => (isAlive(pid) ? undefined : true));

  const reader = oddReader();
  const told = await readReport(reader, "hello");
  const unread = Promise.allSettled([read(reader, "silence"), read(reader, "hello")]);
  await reader[Symbol.asyncDispose]();
  expect((await unread).map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(isAlive(told.pid)).toBe(false);
  await expect(read(reader, "hello")).rejects.toThrow(CannotReadMails);
});

test("if no process can be started, no mail counts as unreadable", async () => {
  await using reader = oddReader({ entry: `${ODD}.missing` });
  await expect(read(reader, "hello")).rejects.toThrow(CannotReadMails);
});

test("mails of the corpus's size and above are read as they are", async () => {
  await using reader = new MailReader({ clock: systemClock, log: newTestLog() });
  for (const length of [0, 5_000, 3_000_000]) {
    const raw = Buffer.from(`Subject: a\r\n\r\n${"b".repeat(length)}\r\n`);
    const question = { kind: "parsed", envelope: null, maxAttachmentBytes: 1_000 } as const;
    const answer = await reader.read(question, raw, { partnerId: "par_a" });
    if (answer.kind !== "read") throw new Error(answer.reason);
    expect(JSON.parse(answer.json).text ?? "").toHaveLength(length === 0 ? 1 : length + 1);
  }
});
