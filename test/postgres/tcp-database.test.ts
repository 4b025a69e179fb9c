import { sql } from "drizzle-orm";
import { expect, test } from "vitest";
import { openTcpDatabase } from "../../db/drivers/tcp-database.ts";
import { startMutingProxy, throughProxy } from "../harness/network/muting-proxy.ts";
import { startDatabaseStack } from "../harness/stacks/start-database-stack.ts";
import { eventually } from "../harness/eventually.ts";
import { testPoolGuarantees } from "./pool-guarantees.ts";

testPoolGuarantees({
  open({ url }, network, options) {
    return openTcpDatabase({ ...options, url: network ? throughProxy(url, network) : url });
  },
  findServer: ({ url }) => new URL(url).host,
});

test.each([["mute"], ["swallow"]] as const)(
  "at the end no connection to a server that became %s stays open",
  async (mode) => {
    await using stack = await startDatabaseStack();
    const { url } = stack.address;
    await using network = await startMutingProxy(new URL(url).host);
    const database = openTcpDatabase({ url: throughProxy(url, network), maxConnections: 3 });
    await Promise.all([1, 2, 3].map(() => database.db.execute(sql`select 1`)));
    expect(network.connectionCount()).toBe(3);
    network.become(mode);
    await database[Symbol.asyncDispose]();
    await eventually("all connections to be closed", () =>
      network.connectionCount() === 0 ? true : undefined,
    );
  },
);

test("a connection has a name at the server, cut to the length that PostgreSQL keeps", async () => {
  await using stack = await startDatabaseStack();
  const readName = async (name?: string) => {
    const { url } = stack.address;
    await using database = openTcpDatabase({ url, maxConnections: 1, ...(name && { name }) });
    const { rows } = await database.db.execute(
      sql`select current_setting('application_name') as name`,
    );
    return rows[0]?.["name"];
  };
  expect(await readName()).toBe("superimap");
  expect(await readName(`superimap ${"x".repeat(64)}`)).toBe(`superimap ${"x".repeat(53)}`);
});
