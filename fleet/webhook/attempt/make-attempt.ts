import type { PartnerSettings } from "../../../db/partners/partner-settings.ts";
import type { Clock } from "../../../shared/clock.ts";
import type { ConnectLinks } from "../../../shared/secrets/connect-link.ts";
import { toErrorText } from "../../../shared/errors.ts";
import type { AuthFailedEvent, MailEvent } from "../../../shared/users/events.ts";
import type { Log } from "../../../shared/log.ts";
import type { Post } from "../../dialling/endpoint-client.ts";
import { CannotReadMails } from "../../mime/reading/mail-reader.ts";
import { attempt, type PostResult } from "./attempt.ts";
import { describeRequest } from "./describe-exchange.ts";
import type { LoggedRequest } from "../../../shared/network/logged-request.ts";
import { identifyEvent } from "../record/attempt-record.ts";
import type { LoadedContent } from "./loaded-content.ts";
import type { OpenKeys } from "./partner-keys.ts";
import type { ParseMail } from "../payload/parse-once.ts";
import { prepareBody } from "../payload/payload.ts";
import { findWebhook, type OpenAddress } from "./webhook-address.ts";
import { signRequest } from "./webhook-request.ts";

export interface AttemptDeps {
  clock: Clock;
  log: Log;
  post: Post;
  openKeys: OpenKeys;
  openAddress: OpenAddress;
  links: ConnectLinks;
  parseMail: ParseMail;
}

export interface AttemptSettings {
  attemptTimeoutMs: number;
  /** In the format `parsed`, larger attachments are described without their content. */
  maxAttachmentBytes: number;
}

/** One attempt of one event: its request and its answer. */
export interface Exchange extends PostResult {
  /** The request without its secrets. Null if no request was sent. */
  request: LoggedRequest | null;
}

export interface Delivery {
  event: MailEvent;
  partner: PartnerSettings;
  loaded: LoadedContent;
}

/**
 * Writes, signs and posts the webhook of one event. If no request can be made, the result is
 * `unmade`.
 *
 * @throws {CannotReadMails} when no process can parse mail, for example while the fleet stops. Not
 *   an attempt: the mail is not the cause.
 */
export async function makeAttempt(
  deps: AttemptDeps,
  settings: AttemptSettings,
  { event, partner, loaded }: Delivery,
): Promise<Exchange> {
  if (loaded.kind === "missing") return unmade(loaded.reason);
  try {
    const nowMs = deps.clock.now();
    const connectUrl =
      event.kind === "user_auth_failed" ? await signConnectUrl(deps.links, event) : undefined;
    const content = { ...loaded.content, ...(connectUrl !== undefined && { connectUrl }) };
    const renderBody = await prepareBody(event, content, {
      format: partner.payloadFormat,
      maxAttachmentBytes: settings.maxAttachmentBytes,
      parseMail: deps.parseMail,
    });
    const keys = await deps.openKeys(partner, nowMs);
    const signed = await signRequest({ id: event.id, sha1: event.sha1, renderBody }, keys, nowMs);
    const request = { ...signed, allowsHttp: partner.allowPlainHttp };
    const url = await deps.openAddress(partner, event.kind);
    const sent = describeRequest(url, findWebhook(partner, event.kind) ?? "", request);
    return { ...(await attempt(deps, url, request, settings.attemptTimeoutMs)), request: sent };
  } catch (error) {
    if (error instanceof CannotReadMails) throw error;
    deps.log.error("delivery.unmade", { ...identifyEvent(event), error: toErrorText(error) });
    return unmade(toErrorText(error));
  }
}

const unmade = (reason: string): Exchange => ({
  result: { kind: "unmade", reason },
  durationMs: 0,
  answer: null,
  answerHeaders: null,
  request: null,
});

/** How long a link in a webhook is valid. This is longer than the default RETRY_SCHEDULE takes. */
const CONNECT_LINK_MS = 24 * 60 * 60_000;

/**
 * Returns the link where a user connects again after a refused login. All attempts of the event
 * contain the same link.
 */
const signConnectUrl = (links: ConnectLinks, event: AuthFailedEvent): Promise<string> =>
  links.signUrl({
    purpose: "connect",
    userId: event.user_id,
    linkId: event.id,
    expiresAtMs: event.created_at_ms + CONNECT_LINK_MS,
  });
