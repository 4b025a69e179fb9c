import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../harness/eventually.ts";
import { startHidingProxy } from "../../harness/network/hiding-proxy.ts";
import { startInHouse } from "../../harness/mail-servers/in-house-mail-server.ts";
import { newMailUser } from "../mail-user.ts";
import { type SessionStack, startSessionStack } from "../session-stack.ts";

let stack: SessionStack;
beforeAll(async () => {
  stack = await startSessionStack(startInHouse);
});
afterAll(() => stack?.[Symbol.asyncDispose]());

test.each([
  ...["localhost", "127.0.0.1", "0x7f000001", "2130706433", "127.1"],
  ...["::1", "::ffff:7f00:1", "a.localhost", "db.internal", "169.254.169.254"],
])("the host %s, which a user named, is not dialled", async (host) => {
  await using proxy = await startHidingProxy(stack.server, []);
  const server = { host, port: proxy.port, isOwnHost: true };
  const user = await newMailUser(stack, { server });
  await using sessions = stack.openSessions({ allowsPrivateHosts: false });
  sessions.watch(user.account);
  await eventually("the host to be refused", async () =>
    (await user.state()).state === "unreachable" ? true : undefined,
  );
  expect(await user.state()).toEqual({ state: "unreachable", reason: "host_not_allowed" });
  expect(proxy.connectionCount()).toBe(0);
});

test("a private host that a user named is dialled where that is allowed", async () => {
  await using proxy = await startHidingProxy(stack.server, []);
  const server = { host: "localhost", port: proxy.port, isOwnHost: true };
  const user = await newMailUser(stack, { server });
  await using sessions = stack.openSessions({ allowsPrivateHosts: true });
  sessions.watch(user.account);
  await user.watching();
});
