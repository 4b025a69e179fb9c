import { afterEach, expect, test, vi } from "vitest";
import worker from "./worker.ts";

afterEach(() => vi.restoreAllMocks());

const context = { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} };

test("a Worker with wrong settings answers 503 and logs all faults once, and no value", async () => {
  const write = vi.spyOn(console, "log").mockReturnValue();
  const env = { DATABASE_URL: "hunter2", PUBLIC_URL: "hunter2" };
  for (const path of ["/healthz", "/api/v1/connections"]) {
    const response = await worker.fetch(new Request(`https://x.test${path}`), env, context);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: "unavailable" });
  }
  expect(write).toHaveBeenCalledTimes(1);
  const line = String(write.mock.calls[0]?.[0]);
  expect(JSON.parse(line)).toMatchObject({ level: "error", event: "settings.refused" });
  for (const name of ["DATABASE_URL", "PUBLIC_URL", "PARTNER_KEYS", "MAILBOX_PUBLIC_KEYS"]) {
    expect(line).toContain(name);
  }
  expect(line).not.toContain("hunter2");
});
