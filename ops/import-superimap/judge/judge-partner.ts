import type { NewPartner } from "../../../db/partners/partners.ts";
import { webhookUrlFault, type WebhookUrlRules } from "../../../shared/network/webhook-url.ts";
import { filled, leave, type PartnerRow, type ImportVerdict } from "../source-rows.ts";

export interface PartnerRules {
  webhookUrls: WebhookUrlRules;
  /** Whether a partner that has a webhook over plain HTTP may keep it. */
  allowsPlainHttp: boolean;
}

export interface TakenPartner {
  partner: NewPartner;
  apiKey: string;
  /** The parts of the partner that are not imported, each with the reason. */
  faults: string[];
}

const MAX_PAGE_LENGTH = 1_000;

/**
 * Decides whether a partner can be imported. Leaves out a partner whose webhook for new mail is
 * invalid, because its users' mail would be skipped silently. Any other invalid URL is imported as
 * null.
 */
export function judgePartner(row: PartnerRow, rules: PartnerRules): ImportVerdict<TakenPartner> {
  const apiKey = filled(row.api_key);
  if (apiKey === null) return leave("it has no API key");
  const name = filled(row.name)?.trim();
  if (name === undefined) return leave("it has no name");
  const hooks = [row.new_mail_webhook, row.user_connected_webhook, row.user_disconnected_webhook];
  const isPlain = hooks.some((url) => /^\s*http:/i.test(url ?? ""));
  const allowPlainHttp = rules.allowsPlainHttp && isPlain;
  const allowed = {
    ...rules.webhookUrls,
    allowsHttp: rules.webhookUrls.allowsHttp || allowPlainHttp,
  };
  const webhook = (value: string | null) => given(value, (url) => webhookUrlFault(url, allowed));
  const newMail = webhook(row.new_mail_webhook);
  if (newMail.fault !== null) return leave(`its new_mail_webhook ${newMail.fault}`);
  const others = {
    success_url: given(row.success_url, pageFault),
    failure_url: given(row.failure_url, pageFault),
    user_connected_webhook: webhook(row.user_connected_webhook),
    user_disconnected_webhook: webhook(row.user_disconnected_webhook),
  };
  const partner = {
    name,
    newMailWebhook: newMail.url,
    userConnectedWebhook: others.user_connected_webhook.url,
    userDisconnectedWebhook: others.user_disconnected_webhook.url,
    successUrl: others.success_url.url,
    failureUrl: others.failure_url.url,
    allowPlainHttp,
  };
  const faults = Object.entries(others).flatMap(([field, { fault }]) =>
    fault === null ? [] : `its ${field} is left blank: it ${fault}`,
  );
  return { kind: "take", taken: { partner, apiKey, faults } };
}

/**
 * Returns the URL and its fault. Both are null for a blank value. An invalid URL becomes null, and
 * `fault` says why.
 */
function given(value: string | null, findFault: (url: string) => string | null) {
  const url = filled(value)?.trim() ?? null;
  const fault = url === null ? null : findFault(url);
  return { url: fault === null ? url : null, fault };
}

/** Checks the URL of a page to which browsers are redirected. */
function pageFault(text: string): string | null {
  const url = URL.parse(text);
  const isWeb = url?.protocol === "https:" || url?.protocol === "http:";
  return isWeb && url.username === "" && text.length <= MAX_PAGE_LENGTH
    ? null
    : "must be an address that begins with https:// or http://, without a user name";
}
