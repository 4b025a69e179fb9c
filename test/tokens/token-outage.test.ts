import { eq } from "drizzle-orm";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as v from "valibot";
import { imapProviders } from "../../db/partners/tables.ts";
import { startEndpoint } from "../harness/network/endpoint.ts";
import type { EndpointFault } from "../harness/network/endpoint-fault.ts";
import { eventually } from "../harness/eventually.ts";
import { hurriedClock } from "../mailbox/hurried-clock.ts";
import { type OauthStack, startOauthStack } from "./oauth-stack.ts";
import { newOauthUser, type OauthUser } from "./oauth-user.ts";

const RETRIES = 4;
/**
 * A clock that shortens pauses. With the real clock, the pauses between four retries take more than
 * a minute.
 */
const HURRIED = hurriedClock(250);

let stack: OauthStack;
const opened = new AsyncDisposableStack();
beforeAll(async () => {
  stack = opened.use(await startOauthStack());
});
afterAll(() => opened.disposeAsync());

const makeMail = (n: number) =>
  `From: bob@example.com\r\nMessage-ID: <${n}-${crypto.randomUUID()}@example.com>\r\nSubject: ${n}\r\n\r\nHello\r\n`;

const ended = v.object({
  event: v.literal("session.ended"),
  reason: v.literal("provider_unavailable"),
  retry_ms: v.number(),
});

/**
 * A session that gets no token ends, and the next one begins after a pause. Returns all such pauses
 * of this user, in ms.
 */
const listPauses = ({ userId }: OauthUser) =>
  stack.log.lines
    .filter((line) => line.includes(userId))
    .map((line) => v.safeParse(ended, JSON.parse(line)))
    .flatMap(({ success, output }) => (success ? [output.retry_ms] : []));

const setTokenUrl = ({ providerId }: OauthUser, oauthTokenUrl: string) =>
  stack.db.update(imapProviders).set({ oauthTokenUrl }).where(eq(imapProviders.id, providerId));

/** Causes an outage of the token endpoint until disposed. */
async function outage(user: OauthUser, fault: EndpointFault | "refused"): Promise<AsyncDisposable> {
  if (fault !== "refused") {
    stack.oauth.behaviour.tokenFault = fault;
    return {
      [Symbol.asyncDispose]: async () => {
        stack.oauth.behaviour.tokenFault = null;
      },
    };
  }
  const gone = await startEndpoint();
  await gone[Symbol.asyncDispose]();
  await setTokenUrl(user, `${gone.url}/token`);
  return {
    [Symbol.asyncDispose]: async () => void (await setTokenUrl(user, stack.oauth.endpoints.token)),
  };
}

const OUTAGES: [name: string, fault: EndpointFault | "refused", minPauseMs: number][] = [
  ["answers 500", { kind: "status", status: 500 }, 0],
  [
    "answers 429 and a time to come back",
    { kind: "status", status: 429, retryAfterSeconds: 40 },
    40_000,
  ],
  ["does not answer", { kind: "hang" }, 0],
  ["refuses connections", "refused", 0],
];

// The case without answers takes 5 s: five requests, each with a time limit of 1 s.
test.each(OUTAGES)(
  "a token endpoint that %s for a minute costs no mail, and nobody is told",
  async (_name, fault, minPauseMs) => {
    const user = await newOauthUser(stack);
    await using sessions = stack.openSessions({ clock: HURRIED });
    sessions.watch(await user.account());
    await user.watching();
    await stack.server.deliver(user.email, makeMail(1));
    await user.recorded(1);
    const requests = stack.oauth.counts().refresh_token;
    {
      await using _outage = await outage(user, fault);
      await stack.oauth.expireAccessTokens(user.email);
      await stack.server.disconnect(user.email);
      await stack.server.deliver(user.email, makeMail(2));
      await eventually(`${RETRIES} retries`, () =>
        listPauses(user).length >= RETRIES ? true : undefined,
      );
      const backoff = { state: "backoff", reason: "provider_unavailable" };
      await eventually("the back-off to be seen", async () =>
        (await user.state()).state === backoff.state ? true : undefined,
      );
      expect(await user.state()).toEqual(backoff);
      const pauses = listPauses(user);
      expect(Math.min(...pauses)).toBeGreaterThanOrEqual(minPauseMs);
      expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
      // For each pause, one session has ended, which has sent at most one request. One more session
      // may have sent its request, but not ended yet.
      const asked = stack.oauth.counts().refresh_token - requests;
      expect(asked).toBeLessThanOrEqual(fault === "refused" ? 0 : pauses.length + 1);
    }
    const recorded = await user.recorded(2);
    await stack.server.deliver(user.email, makeMail(3));
    const all = await user.recorded(3);
    expect([recorded.length, ...all.map(({ uid }) => uid)]).toEqual([2, 1, 2, 3]);
    await user.watching();
    expect(await user.state()).toEqual({ state: "watching", reason: null });
    expect((await user.row()).incidentAt).toBeNull();
    expect(await user.waitingEvents()).toEqual([]);
  },
);
