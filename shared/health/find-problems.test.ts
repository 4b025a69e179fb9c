import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { findProblems } from "./find-problems.ts";
import type {
  HealthFacts,
  InstanceFacts,
  LaneFacts,
  MailServerFacts,
  PartnerFacts,
  ProviderFacts,
} from "./health-facts.ts";
import { PROBLEM_NAMES, toProblemKey, toRunbookPath } from "./problem.ts";

const NOW_MS = 1_000_000_000;
const ago = (seconds: number) => NOW_MS - seconds * 1_000;

const up: InstanceFacts = {
  id: "a",
  role: "all",
  state: "up",
  capacity: 1_000,
  natsVersion: "2.12.2",
  heardMs: NOW_MS,
  natsSilentSinceMs: null,
};
const fine: HealthFacts = {
  nowMs: NOW_MS,
  instances: [up],
  usersByState: { watching: 500 },
  usersToWatch: 500,
  outboxOldestMs: ago(1),
  partners: [],
  mailServers: [],
  providers: [],
  oauthClients: [],
  deadLetters: { letters: 0, sinceMs: null },
  defaultPasswords: 0,
};
const running: LaneFacts = {
  state: "running",
  reason: null,
  waiting: 3,
  oldestMs: ago(1),
  oldestInFlightMs: ago(1),
  recentAttempts: 10,
  recentFailures: 1,
  answerP50Ms: 40,
};
const partner = (lane: Partial<LaneFacts> | null, more: Partial<PartnerFacts> = {}) => ({
  id: "prt_1",
  name: "Acme",
  users: 12,
  pausedReason: null,
  pausedMs: null,
  ingestPausedMs: null,
  lettersFullMs: null,
  lane: lane && { ...running, ...lane },
  ...more,
});
const mailServer: MailServerFacts = {
  host: "imap.example.com",
  users: 20,
  reason: "timeout",
  isOnlyReason: true,
  sinceMs: ago(30),
};
const gmail: ProviderFacts = {
  code: "GMAIL",
  title: "Gmail",
  users: 300,
  mustSignIn: 0,
  mustSignInSuddenly: 0,
  mustSignInSinceMs: null,
  withoutToken: 0,
  withoutTokenSinceMs: null,
};

const find = (facts: Partial<HealthFacts>) => findProblems({ ...fine, ...facts });
const keys = (facts: Partial<HealthFacts>) => find(facts).map(toProblemKey);

test("nothing is wrong when everything works", () => {
  const lanes = [partner({}), partner(null)];
  expect(keys({ partners: lanes, providers: [gmail] })).toEqual([]);
  const roles = [
    { ...up, role: "imap" },
    { ...up, id: "b", role: "webhook", state: "draining" as const },
  ];
  expect(keys({ instances: roles })).toEqual([]);
});

describe("the fleet", () => {
  const silent = { ...up, state: "no_nats", natsSilentSinceMs: ago(20) } as const;
  test.each<[string, Partial<HealthFacts>, string[]]>([
    ["no instance", { instances: [] }, ["NobodyWatches", "NobodyDelivers"]],
    ["only one that delivers", { instances: [{ ...up, role: "webhook" }] }, ["NobodyWatches"]],
    ["only one that watches", { instances: [{ ...up, role: "imap" }] }, ["NobodyDelivers"]],
    [
      "its only instance gone",
      { instances: [{ ...up, state: "gone" }] },
      ["NobodyWatches", "NobodyDelivers", "InstanceDown/a"],
    ],
    ["too few places", { usersToWatch: 1_001 }, ["UsersUnassigned"]],
    [
      "places that are given up",
      { usersToWatch: 600, instances: [up, { ...up, id: "b", state: "cut_off" }] },
      ["InstanceCutOff/b"],
    ],
    ["an outbox that nobody publishes", { outboxOldestMs: ago(61) }, ["OutboxStuck"]],
    ["an old nats-server", { instances: [{ ...up, natsVersion: "2.9.10" }] }, ["NatsOutdated"]],
    // A silent NATS explains the waiting outbox.
    ["a frozen NATS", { instances: [silent], outboxOldestMs: ago(90) }, ["NatsUnreachable"]],
    [
      "one instance without NATS",
      { instances: [up, { ...silent, id: "b" }] },
      ["NatsUnreachable/network"],
    ],
  ])("%s", (_what, facts, expected) => {
    expect(keys(facts)).toEqual(expected);
  });

  test("a frozen NATS names the cause, its beginning and its effect", () => {
    expect(find({ instances: [silent, { ...silent, id: "b" }] })).toEqual([
      expect.objectContaining({
        urgency: "page",
        cause: "NATS does not answer any of the fleet's 2 instances",
        effect: expect.stringContaining("500 users"),
        sinceMs: ago(20),
        href: "/admin/users?scope=active",
      }),
    ]);
  });
});

describe("a partner", () => {
  test.each<[string, PartnerFacts, string[]]>([
    [
      "an endpoint that fails",
      partner({ state: "open", reason: "it answered 500" }),
      ["BreakerOpen"],
    ],
    ["a probe", partner({ state: "probing" }), ["BreakerOpen"]],
    ["a pause after 403", partner({}, { pausedReason: "forbidden" }), ["LanePaused"]],
    [
      "a pause with an open breaker",
      partner({ state: "open" }, { pausedReason: "admin" }),
      ["DeliveriesPaused"],
    ],
    ["a full queue", partner({}, { ingestPausedMs: ago(5) }), ["IngestPaused"]],
    ["no room for letters", partner({}, { lettersFullMs: ago(5) }), ["DeadLettersFull"]],
    ["an answer that takes long", partner({ oldestInFlightMs: ago(11) }), ["EndpointSlow"]],
    ["answers that took long", partner({ answerP50Ms: 29_000 }), ["EndpointSlow"]],
    ["half of the answers failed", partner({ recentFailures: 5 }), ["AttemptsFailing"]],
    ["one failure of one", partner({ recentAttempts: 1, recentFailures: 1 }), []],
    [
      "no attempt for long",
      partner({ oldestMs: ago(601), recentAttempts: 0, oldestInFlightMs: null }),
      ["DeliveriesStopped"],
    ],
    ["a very old event", partner({ oldestMs: ago(43_201) }), ["OldestUndelivered"]],
  ])("%s", (_what, one, names) => {
    expect(keys({ partners: [one] })).toEqual(names.map((name) => `${name}/prt_1`));
  });

  test("a slow endpoint says for how long, and who waits", () => {
    expect(find({ partners: [partner({ oldestInFlightMs: ago(15) })] })).toEqual([
      expect.objectContaining({
        cause: "The endpoint of Acme is slow: it has not answered for 15 s",
        effect: "3 events of 12 users wait for delivery.",
        sinceMs: ago(15),
        href: "/admin/partners/prt_1",
      }),
    ]);
  });
});

describe("mail servers and logins", () => {
  test("a dead mail server names its host, its users and their list", () => {
    expect(find({ mailServers: [mailServer] })).toEqual([
      expect.objectContaining({
        name: "MailServerUnreachable",
        urgency: "ticket",
        cause: "The mail server imap.example.com does not answer",
        effect: expect.stringContaining("20 users"),
        sinceMs: ago(30),
        href: "/admin/users?host=imap.example.com&reason=timeout",
      }),
    ]);
    const [large] = find({ mailServers: [{ ...mailServer, users: 50, isOnlyReason: false }] });
    expect(large).toMatchObject({ urgency: "page", href: "/admin/users?host=imap.example.com" });
  });

  test("mail servers of single users are one note together", () => {
    const small = ["a", "b", "c"].map((host) => ({ ...mailServer, host, users: 1 }));
    expect(find({ mailServers: small })).toEqual([
      expect.objectContaining({
        subject: "",
        urgency: "info",
        effect: expect.stringContaining("3 users"),
      }),
    ]);
    expect(keys({ mailServers: small.slice(0, 1) })).toEqual(["MailServerUnreachable/a"]);
  });

  test.each([
    ["one user with a wrong password", { mustSignIn: 1, mustSignInSuddenly: 1 }, "info"],
    ["many users, each at another time", { mustSignIn: 90, mustSignInSuddenly: 1 }, "info"],
    ["many users at once", { mustSignIn: 90, mustSignInSuddenly: 5 }, "ticket"],
  ])("%s: %o is %s", (_what, counts, urgency) => {
    expect(find({ providers: [{ ...gmail, ...counts, mustSignInSinceMs: ago(9) }] })).toEqual([
      expect.objectContaining({
        name: "UsersMustSignIn",
        urgency,
        sinceMs: ago(9),
        href: "/admin/users?state=auth_failed&provider=GMAIL",
      }),
    ]);
  });

  test("a token endpoint and an OAuth client that fail are named", () => {
    const client = {
      ...{ connectionId: "con_1", partnerName: "Acme", providerTitle: "Gmail" },
      ...{ users: 2, sinceMs: ago(9) },
    };
    const providers = [{ ...gmail, withoutToken: 7, withoutTokenSinceMs: ago(9) }];
    expect(keys({ providers, oauthClients: [client] })).toEqual([
      "TokenEndpointFailing/GMAIL",
      "OAuthClientRefused/con_1",
    ]);
  });
});

test("dead letters and the default password are problems, too", () => {
  const facts = { deadLetters: { letters: 2, sinceMs: ago(60) }, defaultPasswords: 1 };
  expect(keys(facts)).toEqual(["DeadLetters", "DefaultPassword"]);
});

test("the most urgent problems come first", () => {
  const providers = [{ ...gmail, mustSignIn: 1 }];
  const partners = [partner({ answerP50Ms: 9_000 })];
  const urgencies = find({ instances: [], providers, partners }).map(({ urgency }) => urgency);
  expect(urgencies).toEqual(["page", "page", "ticket", "info"]);
});

test.each(PROBLEM_NAMES)("%s has an alert and a section of the runbook", (name) => {
  const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
  expect(read("ops/alerts.yml")).toContain(`- alert: ${name}\n`);
  expect(read("ops/alerts.yml")).toContain(
    `runbook_url: ${toRunbookPath(name).replace("/docs/runbook", "docs/runbook.md")}\n`,
  );
  expect(read("docs/runbook.md")).toContain(`\n### ${name}\n`);
});
