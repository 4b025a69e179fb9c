import { createHash } from "node:crypto";
import * as v from "valibot";
import type { Received } from "../../dev/sink/sink-inbox.ts";

/**
 * A record of the webhooks that a partner has received for numbered mails. A numbered mail has the
 * subject `mail <n>`.
 */
export interface Receipts {
  take(webhook: Pick<Received, "body" | "headers" | "verified">): void;
  /** The number of different mails that were delivered. */
  count(): number;
  /** Returns the different ids of the webhooks for this mail. More than one id is a fault. */
  listIds(mail: number): readonly string[];
  /** Returns the webhook ids of each mail that has more than one. */
  severalIds(): string[][];
  /** Returns the time at which the mail's first webhook arrived, in ms of `performance.now()`. */
  firstAtMs(mail: number): number | undefined;
  totals(): ReceiptTotals;
}

export interface ReceiptTotals {
  webhooks: number;
  /** The number of webhooks whose id has arrived before. */
  doubled: number;
  /** The number of webhooks with a wrong signature. */
  forged: number;
  /** The number of ids that arrived with different bodies (except timestamp and signature). */
  idsWithTwoBodies: number;
  mailsWithTwoIds: number;
}

const mailWebhook = v.looseObject({
  timestamp: v.number(),
  signature: v.string(),
  envelope: v.looseObject({ subject: v.pipe(v.string(), v.regex(/^mail \d+$/)) }),
});

export function newReceipts(): Receipts {
  const bodies = new Map<string, Set<string>>();
  const ids = new Map<number, Set<string>>();
  const firstAtMs = new Map<number, number>();
  let webhooks = 0;
  let forged = 0;
  const severalIds = () => several(ids).map((set) => [...set]);
  return {
    take({ body, headers, verified }) {
      const { timestamp: _, signature: __, ...rest } = v.parse(mailWebhook, JSON.parse(body));
      const id = String(headers["webhook-id"]);
      const mail = Number(rest.envelope.subject.slice("mail ".length));
      const digest = createHash("sha256").update(JSON.stringify(rest)).digest("base64");
      addTo(bodies, id, digest);
      addTo(ids, mail, id);
      if (!firstAtMs.has(mail)) firstAtMs.set(mail, performance.now());
      webhooks++;
      if (!verified) forged++;
    },
    count: () => ids.size,
    listIds: (mail) => [...(ids.get(mail) ?? [])],
    severalIds,
    firstAtMs: (mail) => firstAtMs.get(mail),
    totals: () => ({
      webhooks,
      doubled: webhooks - bodies.size,
      forged,
      idsWithTwoBodies: several(bodies).length,
      mailsWithTwoIds: severalIds().length,
    }),
  };
}

function addTo<K>(sets: Map<K, Set<string>>, key: K, value: string): void {
  const known = sets.get(key);
  if (known) known.add(value);
  else sets.set(key, new Set([value]));
}

const several = (sets: ReadonlyMap<unknown, ReadonlySet<string>>) =>
  [...sets.values()].filter(({ size }) => size > 1);
