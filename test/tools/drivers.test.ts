import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { expect, test } from "vitest";
import { CHECKOUT, inCheckout } from "../../dev/checkout.ts";
import { loadedBy } from "./loaded-by.ts";

const TCP_DRIVER = /from "(pg|drizzle-orm\/node-postgres)"/;
const NEON_DRIVER = /from "(@neondatabase\/serverless|drizzle-orm\/neon-(serverless|http))"/;

/** Returns the modules of a program that import a driver. */
async function findUsers(entry: string, driver: RegExp): Promise<string[]> {
  const users: string[] = [];
  for (const file of await loadedBy([inCheckout(entry)])) {
    if (driver.test(await readFile(file, "utf8"))) users.push(relative(CHECKOUT, file));
  }
  return users;
}

test("the Worker reaches Postgres with Neon's driver, and does not contain the other", async () => {
  expect((await findUsers("edge/worker.ts", NEON_DRIVER)).toSorted()).toEqual([
    "db/drivers/neon-database.ts",
    "db/drivers/neon-http-database.ts",
  ]);
  expect(await findUsers("edge/worker.ts", TCP_DRIVER)).toEqual([]);
});

test.each([
  "fleet/main.ts",
  "edge/server.ts",
  "db/main.ts",
  "ops/deploy-check.ts",
  "ops/rotate-keys.ts",
])("%s reaches Postgres over TCP, and does not load Neon's driver", async (entry) => {
  expect(await findUsers(entry, TCP_DRIVER)).toContain("db/drivers/tcp-database.ts");
  expect(await findUsers(entry, NEON_DRIVER)).toEqual([]);
});
