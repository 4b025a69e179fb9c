import { once } from "node:events";
import { expect, test } from "vitest";
import { runTogether, type Service } from "./run-together.ts";

const untilStopped: Service = async (signal) => {
  if (!signal.aborted) await once(signal, "abort");
};

test("runTogether() returns when its signal aborts, also when it did before", async () => {
  const stop = new AbortController();
  const running = runTogether([untilStopped, untilStopped], stop.signal);
  stop.abort();
  await running;
  await runTogether([untilStopped], stop.signal);
});

test("runTogether() stops the others when one fails, and rejects with its error", async () => {
  let stopped = false;
  const other: Service = async (signal) => {
    await untilStopped(signal);
    stopped = true;
  };
  const broken: Service = () => Promise.reject(new Error("broken"));
  await expect(runTogether([other, broken], new AbortController().signal)).rejects.toThrow(
    "broken",
  );
  expect(stopped).toBe(true);
});
