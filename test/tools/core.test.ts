import { existsSync } from "node:fs";
import { glob, readFile } from "node:fs/promises";
import { relative } from "node:path";
import { expect, test } from "vitest";
import { CHECKOUT, inCheckout } from "../../dev/checkout.ts";
import { CORE_TESTS } from "../core-tests.ts";
import { loadedBy } from "./loaded-by.ts";

/**
 * Matches imports and calls that may behave differently in each runtime, such as files, sockets,
 * TLS, hashes and WebSockets.
 */
const RUNTIME_DEPENDENT =
  /from "(node:[^"]+|imapflow|nodemailer[^"]*|@nats-io\/[^"]+|pg|drizzle-orm\/node-postgres|@opentelemetry\/[^"]+|oauth4webapi|jose)"|\bcrypto\.subtle\b|\bfetch\(/;

/**
 * The entry file, and modules that only the entry file imports. The tests in test/e2e run them
 * under Bun and Deno: they start the fleet as a process.
 */
const BY_PROCESS = [
  "fleet/main.ts",
  "fleet/settings/process-settings.ts",
  "fleet/roles/imap-connecting.ts",
  "db/admin/password-hash.ts",
];

test("the core of the tests loads every module of the fleet that depends on the runtime", async () => {
  expect(CORE_TESTS.filter((path) => !existsSync(inCheckout(path)))).toEqual([]);
  const loaded = await loadedBy(CORE_TESTS.map((path) => inCheckout(path)));
  const ofTheFleet = await loadedBy([inCheckout("fleet", "main.ts")]);
  const missing: string[] = [];
  for await (const path of glob("{fleet,shared,db}/**/*.ts", { cwd: CHECKOUT })) {
    const file = inCheckout(path);
    if (loaded.has(file) || !ofTheFleet.has(file) || BY_PROCESS.includes(path)) continue;
    if (RUNTIME_DEPENDENT.test(await readFile(file, "utf8")))
      missing.push(relative(CHECKOUT, file));
  }
  expect(missing).toEqual([]);
});
