import { expect, test } from "vitest";
import { useEdge, userPath, USERS } from "../use-edge.ts";

const edge = useEdge();
const login = { login_username: "u", login_password: "hunter2" };
const sweepPath = (tag: string) => `${userPath(tag)}/sweep`;

async function connectedUser() {
  const partner = await edge.connectedPartner();
  await partner.call("POST", USERS, { body: { tag: "X", ...login } });
  return partner;
}

const endSweeps = () =>
  edge.stack().query(`update sweeps set state = 'finished', finished_at = now(), found = 3,
                      published = 2, skipped = 1 where finished_at is null`);

test("a sweep of the last 30 days is requested and shown, and the fleet is poked", async () => {
  const { call } = await connectedUser();
  expect(await call("GET", sweepPath("X"))).toMatchObject({
    status: 404,
    body: { code: "not-found" },
  });
  const asked = await call("POST", sweepPath("x"));
  expect(asked).toMatchObject({
    status: 202,
    body: {
      id: expect.stringMatching(/^swp_/),
      state: "waiting",
      redeliver: false,
      found: 0,
      published: 0,
      skipped: 0,
      finished_at: null,
      error: null,
    },
  });
  expect(asked.headers.get("location")).toMatch(/\/connections\/PLAIN\/users\/x\/sweep$/);
  const { since, until } = asked.body as { since: string; until: string };
  expect(Date.parse(until) - Date.parse(since)).toBe(30 * 86_400_000);
  expect((await call("GET", sweepPath("X"))).body).toEqual(asked.body);

  const pokes = await edge.stack().query(
    `select 1 from outbox join sweeps on outbox.payload->'user_ids' ? sweeps.user_id
     where outbox.kind = 'users_changed' and sweeps.id = $1`,
    [(asked.body as { id: string }).id],
  );
  // One poke is for the new user, and one for the sweep.
  expect(pokes).toHaveLength(2);
});

test("one sweep of a user at a time, however many are asked for at once", async () => {
  const { call } = await connectedUser();
  const answers = await Promise.all(Array.from({ length: 8 }, () => call("POST", sweepPath("X"))));
  const statuses = answers.map(({ status }) => status).toSorted();
  expect(statuses).toEqual([202, ...Array.from({ length: 7 }, () => 409)]);

  await endSweeps();
  const first = await call("GET", sweepPath("X"));
  expect(first.body).toMatchObject({ state: "finished", found: 3, published: 2, skipped: 1 });
  const second = await call("POST", sweepPath("X"), { body: { redeliver: true } });
  expect(second).toMatchObject({ status: 202, body: { redeliver: true } });
  expect((await call("GET", sweepPath("X"))).body).toEqual(second.body);
});

test("the time and redeliver may come as a form", async () => {
  const { call } = await connectedUser();
  const body = "since=2026-11-01T00%3A00%3A00%2B01%3A00&until=2026-11-02&redeliver=1";
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  expect(await call("POST", sweepPath("X"), { body, headers })).toMatchObject({
    status: 202,
    body: {
      since: "2026-10-31T23:00:00.000Z",
      until: "2026-11-02T00:00:00.000Z",
      redeliver: true,
    },
  });
});

test.each([
  { name: "a time that is none", body: { since: "yesterday" }, pointer: "/since" },
  { name: "a day that is none", body: { since: "2026-13-01" }, pointer: "/since" },
  { name: "a number", body: { until: 5 }, pointer: "/until" },
  {
    name: "an end before its beginning",
    body: { since: "2026-11-02", until: "2026-11-01" },
    pointer: "/since",
  },
  { name: "a beginning in the future", body: { since: "2999-01-01" }, pointer: "/since" },
  { name: "more than a year", body: { since: "2020-01-01" }, pointer: "/since" },
  { name: "an unknown field", body: { mailbox: "INBOX" }, pointer: "/mailbox" },
])("$name is refused", async ({ body, pointer }) => {
  const { call } = await connectedUser();
  expect(await call("POST", sweepPath("X"), { body })).toMatchObject({
    status: 422,
    body: { errors: [{ pointer }] },
  });
});

test("a user that is not watched cannot be swept, and another partner's user is not found", async () => {
  const { call } = await edge.connectedPartner();
  expect((await call("POST", sweepPath("nobody"))).status).toBe(404);
  await call("POST", USERS, { body: { tag: "no login" } });
  expect(await call("POST", sweepPath("no login"))).toMatchObject({
    status: 409,
    body: { detail: "Cannot sweep the mailbox: the user is not connected" },
  });
  await call("POST", USERS, { body: { tag: "gone", ...login } });
  await call("DELETE", userPath("gone"));
  expect(await call("POST", sweepPath("gone"))).toMatchObject({
    status: 409,
    body: { detail: "Cannot sweep the mailbox: the user is archived" },
  });

  await connectedUser();
  expect((await call("POST", sweepPath("X"))).status).toBe(404);
  expect((await call("GET", sweepPath("X"))).status).toBe(404);
});
