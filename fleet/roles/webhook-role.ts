import type { Db } from "../../db/client.ts";
import type { Clock } from "../../shared/clock.ts";
import type { ConnectLinks } from "../../shared/secrets/connect-link.ts";
import type { Log } from "../../shared/log.ts";
import { createPlaces } from "../../shared/concurrency/places.ts";
import type { Opener } from "../../shared/secrets/vault.ts";
import type { Bus } from "../bus/bus.ts";
import type { Post } from "../dialling/endpoint-client.ts";
import type { MailReader } from "../mime/reading/mail-reader.ts";
import type { Traces } from "../traces/traces.ts";
import { LetterQuota } from "../quota/letter-quota.ts";
import { createAcks } from "../webhook/lane/acks.ts";
import { runAttemptsWriter } from "../webhook/record/attempts-writer.ts";
import { createRecorder } from "../webhook/record/recorder.ts";
import type { LaneStanding } from "../webhook/lane/gate.ts";
import { type LanesSettings, runLanes } from "../webhook/lane/lanes.ts";
import { partnerDirectory } from "../webhook/lane/partner-directory.ts";
import { partnerKeyring } from "../webhook/attempt/partner-keys.ts";
import { webhookAddresses } from "../webhook/attempt/webhook-address.ts";
import { createParseOnce } from "../webhook/payload/parse-once.ts";

export interface WebhookRoleDeps {
  bus: Bus;
  db: Db;
  partnerVault: Opener;
  /** Creates the connect links in webhooks. */
  links: ConnectLinks;
  clock: Clock;
  log: Log;
  /** Whether a partner's lane belongs to this instance now. */
  ownsLane(partnerId: string): boolean;
  /** Calls `callback` whenever lanes may have new owners. */
  onOwnersChange?(callback: () => void): void;
  /**
   * Called every few seconds with the state of each of this instance's lanes, and with the number
   * of lanes whose dead letters have no space in DEAD.
   */
  onLaneStates?(standings: readonly LaneStanding[], withoutLetterQuota: number): void;
  /** Sends requests to the partners' endpoints. */
  post: Post;
  /** Parses mail, which is untrusted input. */
  mails: MailReader;
  /** Continues the traces of mails. */
  traces?: Traces;
}

export interface WebhookRoleSettings extends LanesSettings {
  /** The maximum number of attempts in flight in the whole process. */
  processConcurrency: number;
  /** How many bytes of DEAD one partner's letters may use. */
  deadQuotaBytes: number;
  /**
   * A dead letter that found no space in DEAD is tried again after this time. Later waits are
   * longer.
   */
  buryAgainMs: number;
}

/**
 * How many letters are written to DEAD at the same time: each needs several times the size of its
 * mail in memory.
 */
const LETTERS_AT_ONCE = 8;

/**
 * Delivers the events of the partners whose lanes this instance owns, and records the results.
 * Resolves when `signal` aborted and the attempts in flight have ended.
 */
export async function runWebhookRole(
  deps: WebhookRoleDeps,
  settings: WebhookRoleSettings,
  signal: AbortSignal,
): Promise<void> {
  const partners = partnerDirectory(deps.db);
  await using acks = createAcks(deps);
  const lanesDeps = {
    ...deps,
    partners,
    acks,
    findPartner: partners.find,
    openKeys: partnerKeyring(deps.partnerVault),
    parseMail: createParseOnce(deps.mails),
    openAddress: webhookAddresses(deps.partnerVault),
    places: createPlaces(settings.processConcurrency),
    letters: createPlaces(LETTERS_AT_ONCE),
    recorder: createRecorder(deps.bus),
    letterQuota: new LetterQuota(deps, {
      quotaBytes: settings.deadQuotaBytes,
      againMs: settings.buryAgainMs,
    }),
  };
  await Promise.all([runLanes(lanesDeps, settings, signal), runAttemptsWriter(deps, signal)]);
}
