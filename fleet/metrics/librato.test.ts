import { expect, test } from "vitest";
import { systemClock } from "../../shared/clock.ts";
import { createLog } from "../../shared/log.ts";
import { formatFigure, runLibrato, toFigures, type Totals } from "./librato.ts";
import { createMetrics } from "./metrics.ts";

const NOTHING: Totals = {
  usersHeld: 0,
  readingWaiting: 0,
  readingWaitSeconds: 0,
  readings: 0,
  mails: 0,
  counts: new Map(),
};
const findValue = (name: string, now: Partial<Totals>, before?: Partial<Totals>) =>
  toFigures({ ...NOTHING, ...now }, before && { ...NOTHING, ...before }).find(
    (figure) => figure.name === name,
  )?.value;

test.each([
  ["imap_client.user_thread.count", { usersHeld: 12 }, { usersHeld: 9 }, 12],
  ["imap_client.work_queue.length", { readingWaiting: 3 }, {}, 3],
  ["imap_client.total_emails_processed", { mails: 70 }, { mails: 60 }, 70],
  ["work_queue.latency", { readings: 4, readingWaitSeconds: 2 }, undefined, 0.5],
  [
    "work_queue.latency",
    { readings: 6, readingWaitSeconds: 2.5 },
    { readings: 4, readingWaitSeconds: 2 },
    0.25,
  ],
  ["work_queue.latency", { readings: 6 }, { readings: 6 }, 0],
  ["error.timeout", { counts: new Map([["error.timeout", 5]]) }, undefined, 5],
  [
    "error.timeout",
    { counts: new Map([["error.timeout", 5]]) },
    { counts: new Map([["error.timeout", 3]]) },
    2,
  ],
  [
    "error.timeout",
    { counts: new Map([["error.timeout", 5]]) },
    { counts: new Map([["error.timeout", 5]]) },
    undefined,
  ],
])("%s of %o after %o is %s", (name, now, before, expected) => {
  expect(findValue(name, now, before)).toBe(expected);
});

test("a figure is one l2met line", () => {
  const figure = { mode: "count", name: "error.timeout", value: 2 } as const;
  expect(formatFigure(figure, "fleet-1")).toBe("source=fleet-1 count#error.timeout=2");
});

test("the lines are built from the registry, with SuperIMAP's names", async () => {
  const metrics = createMetrics();
  metrics.mails.inc({ outcome: "published", reason: "none" }, 3);
  metrics.mails.inc({ outcome: "published", reason: "oversize" });
  metrics.mails.inc({ outcome: "skipped", reason: "duplicate_sha1" }, 2);
  metrics.mails.inc({ outcome: "skipped", reason: "sent" });
  metrics.attempts.inc({ kind: "new_mail", outcome: "delivered", status: "2xx" }, 4);
  metrics.attempts.inc({ kind: "new_mail", outcome: "retry", status: "5xx" });
  metrics.tracers.inc({ result: "sent" }, 3);
  metrics.tracers.inc({ result: "failed" });
  metrics.sessionsEnded.inc({ reason: "timeout" });
  metrics.readingWait.observe(0.5);
  const stop = new AbortController();
  const lines: string[] = [];
  const print = (line: string) => void lines.push(line);
  const vitals = {
    refresh() {
      metrics.usersHeld.set(12);
      stop.abort();
    },
  };
  const log = createLog(() => {});
  const deps = { clock: systemClock, log, metrics, vitals, print };
  await runLibrato(deps, { source: "a" }, stop.signal);
  expect(lines).toEqual([
    "source=a measure#imap_client.work_queue.length=0",
    "source=a measure#imap_client.user_thread.count=12",
    "source=a measure#work_queue.latency=0.5",
    "source=a sample#imap_client.total_emails_processed=7",
    "source=a count#system.process_uid.big_message=1",
    "source=a count#system.process_uid.duplicate_sha1=2",
    "source=a count#app.call_new_mail_webhook.count=4",
    "source=a count#app.schedule_tracer_email.count=3",
    "source=a count#error.timeout=1",
  ]);
});
