import { expect, test } from "vitest";
import type { TroubledLane } from "../../../db/admin/overview.ts";
import { listWarnings, type WarningFacts } from "./warnings.ts";

const up = { id: "a", role: "all", state: "up", nats_version: "2.12.2" } as const;
const fine: WarningFacts = { instances: [up], unassigned: 0, lanes: [], defaultPasswords: 0 };

const lane = (partnerName: string, trouble: Partial<TroubledLane>): TroubledLane => ({
  partnerId: `prt_${partnerName}`,
  partnerName,
  pausedReason: null,
  state: "running",
  reason: null,
  ingestPausedAt: null,
  lettersFullAt: null,
  ...trouble,
});
const open = (name: string) => lane(name, { state: "open", reason: "the endpoint answered 500" });

test("there are no warnings without trouble", () => {
  const draining = { ...up, id: "b", role: "webhook", state: "draining" } as const;
  const instances = [up, draining, { ...up, id: "c", nats_version: null }];
  expect(listWarnings({ ...fine, instances })).toEqual([]);
  const roles = [
    { ...up, role: "imap" },
    { ...up, role: "webhook" },
  ];
  expect(listWarnings({ ...fine, instances: roles, lanes: [lane("A", {})] })).toEqual([]);
});

const cases: [
  what: string,
  facts: Partial<WarningFacts>,
  code: string,
  text: RegExp,
  href: string,
][] = [
  [
    "one endpoint that fails",
    { lanes: [open("A")] },
    "lanes_open",
    /fails: A\. They /,
    "/admin/partners/prt_A",
  ],
  [
    "many endpoints that fail",
    { lanes: ["A", "B", "C", "D", "E"].map(open) },
    "lanes_open",
    /: A, B, C and 2 more\. /,
    "/admin/partners?trouble=lanes_open",
  ],
  [
    "an endpoint that is being tried",
    { lanes: [lane("A", { state: "probing" })] },
    "lanes_open",
    /A/,
    "/admin/partners/prt_A",
  ],
  [
    "a lane that is open and paused",
    { lanes: [{ ...open("A"), pausedReason: "admin" }] },
    "lanes_paused",
    /paused: A/,
    "/admin/partners/prt_A",
  ],
  [
    "a lane that the guard paused",
    { lanes: [lane("A", { pausedReason: "forbidden", state: null })] },
    "lanes_guarded",
    /403.*: A/,
    "/admin/partners/prt_A",
  ],
  [
    "a quota that is used up",
    { lanes: [lane("A", { ingestPausedAt: new Date(0) })] },
    "ingest_paused",
    /queue is full: A/,
    "/admin/partners/prt_A",
  ],
  ["users without room", { unassigned: 1_200 }, "users_unassigned", /1,200 users/, "/admin/"],
  [
    "an instance that stopped without notice",
    { instances: [up, { ...up, id: "b", role: "imap", state: "gone", nats_version: "2.9.10" }] },
    "instances_gone",
    /1 instance stopped without notice .*: b\. /,
    "/admin/",
  ],
  [
    "an instance that cannot reach Postgres",
    { instances: [up, { ...up, id: "b", state: "cut_off" }] },
    "instances_cut_off",
    /^b cannot reach Postgres, but other instances can/,
    "/admin/",
  ],
  [
    "an old nats-server",
    { instances: [{ ...up, nats_version: "2.9.10" }] },
    "nats_old",
    /^nats-server 2\.9\.10 .* upgrade it/,
    "/admin/",
  ],
  [
    "the default password",
    { defaultPasswords: 1 },
    "default_password",
    /password/,
    "/admin/account",
  ],
];

test.each(cases)("one warning reports %s", (_what, facts, code, text, href) => {
  expect(listWarnings({ ...fine, ...facts })).toEqual([
    expect.objectContaining({ code, text: expect.stringMatching(text), href }),
  ]);
});

test.each([
  ["nobody", [], ["nobody_watches", "nobody_delivers"]],
  ["who only delivers", [{ ...up, role: "webhook" }], ["nobody_watches"]],
  ["who only watches", [{ ...up, role: "imap" }], ["users_unassigned", "nobody_delivers"]],
  [
    "who fell silent",
    [{ ...up, state: "gone" }],
    ["nobody_watches", "nobody_delivers", "instances_gone"],
  ],
] as const)("there is a warning for a fleet of %s", (_who, instances, codes) => {
  const found = listWarnings({ ...fine, instances, unassigned: 5 }).map(({ code }) => code);
  expect(found).toEqual(codes);
});
