import { afterEach, expect, test, vi } from "vitest";
import { generateMailboxKeys, generatePartnerKeys } from "../shared/secrets/vault.ts";
import worker from "./worker.ts";

afterEach(() => vi.restoreAllMocks());

const context = { waitUntil: () => undefined, passThroughOnException: () => undefined, props: {} };

test("a Worker with wrong settings answers 503 and logs all faults once, without values", async () => {
  const write = vi.spyOn(console, "log").mockReturnValue();
  const env = { DATABASE_URL: "hunter2", PUBLIC_URL: "hunter2" };
  for (const path of ["/healthz", "/api/v1/connections"]) {
    const response = await worker.fetch(new Request(`https://x.test${path}`), env, context);
    expect(response.status).toBe(503);
    const type = "https://x.test/docs/errors#unavailable";
    expect(await response.json()).toMatchObject({ type, code: "unavailable" });
  }
  expect(write).toHaveBeenCalledTimes(1);
  const line = String(write.mock.calls[0]?.[0]);
  expect(JSON.parse(line)).toMatchObject({ level: "error", event: "settings.refused" });
  for (const name of ["DATABASE_URL", "PUBLIC_URL", "PARTNER_KEYS", "MAILBOX_PUBLIC_KEYS"]) {
    expect(line).toContain(name);
  }
  expect(line).not.toContain("hunter2");
});

const mailbox = await generateMailboxKeys();
const settings = {
  DATABASE_URL: "postgres://u@db.test/x",
  MAILBOX_PUBLIC_KEYS: JSON.stringify(mailbox.publicKeys),
  PARTNER_KEYS: JSON.stringify(generatePartnerKeys()),
};
const HSTS = "strict-transport-security";

test("in production plain HTTP leads to TLS, with the same method and query", async () => {
  vi.spyOn(console, "log").mockReturnValue();
  const env = { ...settings, PUBLIC_URL: "https://mail.test" };
  const request = new Request("http://mail.test/api/v1/events?after=x", { method: "POST" });
  const redirect = await worker.fetch(request, env, context);
  expect(redirect.status).toBe(308);
  expect(redirect.headers.get("location")).toBe("https://mail.test/api/v1/events?after=x");
  const answer = await worker.fetch(new Request("https://mail.test/healthz"), env, context);
  expect(answer.status).toBe(200);
  expect(answer.headers.get(HSTS)).toBe("max-age=31536000; includeSubDomains");
});

test("in development plain HTTP is answered", async () => {
  vi.spyOn(console, "log").mockReturnValue();
  const env = { ...settings, PUBLIC_URL: "http://127.0.0.1:8787" };
  const answer = await worker.fetch(new Request("http://127.0.0.1:8787/healthz"), env, context);
  expect(answer.status).toBe(200);
  expect(answer.headers.get(HSTS)).toBeNull();
});
