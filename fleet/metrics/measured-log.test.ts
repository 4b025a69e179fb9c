import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { createLog } from "../../shared/log.ts";
import { MEASURED_LINES, measuredLog } from "./measured-log.ts";
import { createMetrics } from "./metrics.ts";

const ATTEMPT = { kind: "new_mail", attempt: 1, duration_ms: 40, latency_ms: 90 };

const open = () => {
  const metrics = createMetrics();
  const lines: string[] = [];
  const log = measuredLog(
    createLog((line) => lines.push(line), "warn"),
    metrics,
  );
  const shown = async () => (await metrics.registry.metrics()).split("\n");
  return { log, lines, shown };
};

test.each([
  ["bus.disconnected", {}, 'nats_connections_total{change="lost"} 1'],
  ["bus.reconnected", {}, 'nats_connections_total{change="made"} 1'],
  ["command.answered", { kind: "k" }, 'commands_total{kind="k",result="answered"} 1'],
  ["command.failed", { kind: "k" }, 'commands_total{kind="k",result="failed"} 1'],
  [
    "delivery.attempted",
    { ...ATTEMPT, outcome: "delivered", status: 204 },
    'attempts_total{kind="new_mail",outcome="delivered",status="2xx"} 1',
  ],
  [
    "delivery.attempted",
    { ...ATTEMPT, outcome: "retry", status: null },
    'attempts_total{kind="new_mail",outcome="retry",status="none"} 1',
  ],
  ["delivery.attempted", { ...ATTEMPT, outcome: "retry" }, "attempt_duration_seconds_sum 0.04"],
  ["delivery.attempted", { ...ATTEMPT, outcome: "retry" }, "delivery_latency_seconds_sum 0.09"],
  ["delivery.attempted", { ...ATTEMPT, attempt: 2 }, "delivery_latency_seconds_count 0"],
  ["delivery.attempted", { ...ATTEMPT, outcome: "dead" }, 'dead_letters_total{kind="new_mail"} 1'],
  ["delivery.poisoned", { kind: "anything" }, 'dead_letters_total{kind="unreadable"} 1'],
  ["delivery.given_up", { kind: "new_mail" }, 'dead_letters_total{kind="new_mail"} 1'],
  ["breaker.opened", {}, "breakers_opened_total 1"],
  ["lane.guarded", {}, "guard_trips_total 1"],
  ["delivery.postponed", {}, "deliveries_postponed_total 1"],
  ["loop.stuck", { loop: "trimmer" }, "rounds_stuck_total 1"],
  ["mailbox.sync_failed", {}, "sync_failures_total 1"],
  ["session.ended", { reason: "timeout" }, 'sessions_ended_total{reason="timeout"} 1'],
  ["anything.else", {}, 'log_lines_total{level="info"} 1'],
])("%s with %o counts as %s", async (event, fields, line) => {
  const { log, shown } = open();
  log.info(event, fields);
  expect(await shown()).toContain(`superimap_${line}`);
});

test("a line below the log's level counts and is not written", async () => {
  const { log, lines, shown } = open();
  log.info("bus.reconnected");
  log.warn("bus.disconnected");
  expect(lines).toHaveLength(1);
  expect(await shown()).toContain('superimap_nats_connections_total{change="made"} 1');
});

test("fields that were given before the line count too", async () => {
  const { log, shown } = open();
  log.with({ user_id: "usr_1" }).with({ kind: "test_webhook" }).error("command.failed");
  expect(await shown()).toContain(
    'superimap_commands_total{kind="test_webhook",result="failed"} 1',
  );
});

test("the fleet writes every measured line", async () => {
  const root = new URL("../../", import.meta.url);
  const names = await Promise.all(
    ["fleet/", "shared/"].map(async (folder) => {
      const found = await readdir(new URL(folder, root), { recursive: true });
      return found.map((name) => `${folder}${name}`);
    }),
  );
  const files = names
    .flat()
    .filter((name) => name.endsWith(".ts") && !/metrics|\.test\./.test(name));
  const sources = await Promise.all(files.map((name) => readFile(new URL(name, root), "utf8")));
  const source = sources.join("\n");
  expect(Object.keys(MEASURED_LINES).filter((event) => !source.includes(`"${event}"`))).toEqual([]);
});
