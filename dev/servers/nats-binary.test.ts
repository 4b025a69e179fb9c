import { afterEach, expect, test, vi } from "vitest";
import { natsBinary, natsVersion } from "./nats-binary.ts";

afterEach(() => vi.unstubAllEnvs());

test("a nats-server is used, and its version known", async () => {
  vi.stubEnv("NATS_SERVER", "");
  expect(natsVersion(await natsBinary())).toMatch(/^2\.\d+\.\d+/);
});

test.each(["/nowhere/nats-server", "/bin/true"])("NATS_SERVER=%s is refused", async (command) => {
  vi.stubEnv("NATS_SERVER", command);
  await expect(natsBinary()).rejects.toThrow("found no nats-server that runs here");
});
