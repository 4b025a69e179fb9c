import type { TroubledLane } from "../../../db/admin/overview.ts";
import type { InstanceState } from "./instance-state.ts";
import { oldNatsVersions, RECOMMENDED_NATS } from "./old-nats.ts";

/** Something that an admin should look at. */
export interface Warning {
  code: string;
  /** `error` when mail is not read or not delivered because of the problem; otherwise `warning`. */
  severity: "error" | "warning";
  text: string;
  /** The address of the screen on which an admin can see or solve the problem. */
  href: string;
}

export interface WarningFacts {
  instances: readonly {
    id: string;
    role: string;
    state: InstanceState;
    nats_version: string | null;
  }[];
  /** The number of users for whom the living instances have no capacity. */
  unassigned: number;
  lanes: readonly TroubledLane[];
  /** The number of admins that still have the default password, which is only for development. */
  defaultPasswords: number;
}

export const listWarnings = (facts: WarningFacts): Warning[] => [
  ...fleetWarnings(facts),
  ...laneWarnings(facts.lanes),
  ...passwordWarnings(facts),
];

function fleetWarnings({ instances, unassigned }: WarningFacts): Warning[] {
  const living = instances.filter(({ state }) => state !== "gone");
  const gone = instances.filter(({ state }) => state === "gone").map(({ id }) => id);
  const isNobody = (idleRole: string) => living.every(({ role }) => role === idleRole);
  const href = "/admin/";
  const warnings: Warning[] = [];
  const add = (code: string, severity: Warning["severity"], text: string) =>
    warnings.push({ code, severity, text, href });
  if (isNobody("webhook")) {
    add(
      "nobody_watches",
      "error",
      "No fleet instance watches mailboxes, so no mail is read. Start one with the role all or imap.",
    );
  } else if (unassigned > 0) {
    const text = `The fleet is at capacity: mail of ${counted(unassigned, "user")} is not read. Add an instance, or raise the limit of one.`;
    add("users_unassigned", "error", text);
  }
  if (isNobody("imap")) {
    add(
      "nobody_delivers",
      "error",
      "No fleet instance delivers, so no webhook is called. Start one with the role all or webhook.",
    );
  }
  if (gone.length > 0) {
    const text = `${counted(gone.length, "instance")} stopped without notice within the last hour: ${listed(gone)}. Other instances have taken over the users. See the instance's log for the reason.`;
    add("instances_gone", "warning", text);
  }
  const cutOff = instances.filter(({ state }) => state === "cut_off").map(({ id }) => id);
  if (cutOff.length > 0) {
    const text = `${listed(cutOff)} cannot reach Postgres, but other instances can and have taken over the users. Check its network. It takes users again automatically.`;
    add("instances_cut_off", "error", text);
  }
  const old = oldNatsVersions(living.map(({ nats_version }) => nats_version));
  if (old.length > 0) {
    const text = `nats-server ${listed(old)} is no longer supported: upgrade it to ${RECOMMENDED_NATS} or later, as described in the runbook.`;
    add("nats_old", "warning", text);
  }
  return warnings;
}

interface LaneTrouble {
  code: string;
  severity: Warning["severity"];
  applies(lane: TroubledLane): boolean;
  text: string;
  advice: string;
}

const LANE_TROUBLES: readonly LaneTrouble[] = [
  {
    code: "lanes_open",
    severity: "error",
    applies: ({ pausedReason, state }) =>
      pausedReason === null && (state === "open" || state === "probing"),
    text: "Deliveries are on hold because the endpoint fails",
    advice: "They are retried automatically. Contact the partner if this lasts.",
  },
  {
    code: "lanes_guarded",
    severity: "error",
    applies: ({ pausedReason }) => pausedReason === "forbidden",
    text: "Deliveries were paused because the webhook answered 403 for too many users at once",
    advice: "Resume them after the partner has fixed it, or confirms that it is intended.",
  },
  {
    code: "lanes_paused",
    severity: "warning",
    applies: ({ pausedReason }) => pausedReason === "admin" || pausedReason === "partner",
    text: "Deliveries are paused",
    advice: "Mail is read and kept until they are resumed.",
  },
  {
    code: "ingest_paused",
    severity: "error",
    applies: ({ ingestPausedAt }) => ingestPausedAt !== null,
    text: "Reading is paused because the delivery queue is full",
    advice: "It resumes automatically when the endpoint has caught up.",
  },
  {
    code: "letters_full",
    severity: "error",
    applies: ({ lettersFullAt }) => lettersFullAt !== null,
    text: "No room for more dead letters",
    advice:
      "Redeliver or delete some within three days. Otherwise the mails of further dead letters are kept in their mailboxes only.",
  },
];

const laneWarnings = (lanes: readonly TroubledLane[]): Warning[] =>
  LANE_TROUBLES.flatMap(({ code, severity, applies, text, advice }) => {
    const partners = lanes.filter(applies);
    const [first, ...others] = partners;
    if (!first) return [];
    const names = listed(partners.map(({ partnerName }) => partnerName));
    const href =
      others.length === 0
        ? `/admin/partners/${first.partnerId}`
        : `/admin/partners?trouble=${code}`;
    return [{ code, severity, text: `${text}: ${names}. ${advice}`, href }];
  });

const passwordWarnings = ({ defaultPasswords }: WarningFacts): Warning[] =>
  defaultPasswords === 0
    ? []
    : [
        {
          code: "default_password",
          severity: "warning",
          text: "An admin still uses the default password. Change it.",
          href: "/admin/account",
        },
      ];

const counted = (count: number, noun: string) =>
  `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

const MAX_NAMED = 3;

function listed(names: readonly string[]): string {
  const more = names.length - MAX_NAMED;
  const named = names.slice(0, MAX_NAMED).join(", ");
  return more > 0 ? `${named} and ${more} more` : named;
}
