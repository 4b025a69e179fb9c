import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually } from "../../harness/eventually.ts";
import { hurriedClock } from "../hurried-clock.ts";
import { type MailUser, newMailUser } from "../mail-user.ts";
import { MAIL_SERVERS, type SessionStack, startSessionStack } from "../session-stack.ts";
import { startTamperingProxy } from "../tampering-proxy.ts";

const makeMail = (n: number) =>
  `From: bob@example.com\r\nMessage-ID: <${n}@example.com>\r\nSubject: ${n}\r\n\r\nHello ${n}\r\n`;

/**
 * Replaces each complete message (`BODY[]`) in a server's answer to FETCH with the result of
 * `change`, and corrects the size of its literal.
 */
function replaceBodies(text: string, change: (body: string) => string): string {
  const marker = /(BODY\[\](?:<0>)?) \{(\d+)\}\r\n/.exec(text);
  if (!marker) return text;
  const [{ length }, item, size] = marker;
  const { index } = marker;
  const start = index + length;
  const end = start + Number(size);
  const body = change(text.slice(start, end));
  const rest = replaceBodies(text.slice(end), change);
  return `${text.slice(0, index)}${item} {${body.length}}\r\n${body}${rest}`;
}

describe.each(MAIL_SERVERS)("mail arrives from $name although", ({ startServer }) => {
  let stack: SessionStack;
  beforeAll(async () => {
    stack = await startSessionStack(startServer);
  });
  afterAll(() => stack?.[Symbol.asyncDispose]());

  /** Creates a user and watches it through a proxy. */
  const watchedUser = async () => {
    const opened = new AsyncDisposableStack();
    const proxy = opened.use(await startTamperingProxy(stack.server));
    const user = await newMailUser(stack, { server: { port: proxy.port } });
    const sessions = opened.use(stack.openSessions({ clock: hurriedClock(25) }));
    sessions.watch(user.account);
    await user.watching();
    return { proxy, user, [Symbol.asyncDispose]: () => opened.disposeAsync() };
  };

  const bothToBe = (user: MailUser, state: string) =>
    eventually(`both mails to be ${state}`, async () => {
      const rows = await user.recorded(0);
      return rows.length === 2 && rows.every((row) => row.state === state) ? true : undefined;
    });

  test("its literals are empty for a while: both are parked, and delivered later", async () => {
    await using watched = await watchedUser();
    const { proxy, user } = watched;
    proxy.onResponse = (text) => replaceBodies(text, () => "");
    for (const n of [1, 2]) await stack.server.deliver(user.address, makeMail(n));
    await bothToBe(user, "parked");
    proxy.onResponse = (text) => text;
    await bothToBe(user, "queued");
    const events = await user.events();
    expect(new Set(events.map(({ envelope }) => envelope?.subject))).toEqual(new Set(["1", "2"]));
  });

  test.each([
    ["longer", (body: string, n: number) => `X-Scanned: ${n}\r\n${body}`],
    ["of one length", (body: string, n: number) => body.replace("Hello", `Hell${n % 10}`)],
  ])("each time a mail is fetched it is another one, %s", async (_name, change) => {
    await using watched = await watchedUser();
    const { proxy, user } = watched;
    let fetches = 0;
    proxy.onResponse = (text) =>
      replaceBodies(
        text,
        (body) => `X-Fetch: ${"x".repeat(fetches++ % 3)}\r\n${change(body, fetches)}`,
      );
    await stack.server.deliver(user.address, makeMail(1));
    await stack.server.deliver(user.address, makeMail(2));
    await bothToBe(user, "queued");
    expect(fetches).toBeLessThan(30);
  });
});
