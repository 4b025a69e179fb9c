import type { Partner } from "../../../db/partners/partner-list.ts";
import type { FieldError } from "../../../shared/errors.ts";
import { webhookUrlFault, type WebhookUrlRules } from "../../../shared/network/webhook-url.ts";
import { withoutPassword } from "../../partners/without-password.ts";
import type { Fields } from "../changed-fields.ts";
import type { PartnerFields } from "./partner-fields.ts";

/** What an admin may set. */
export type PartnerSettings = Pick<
  Partner,
  | "name"
  | "successUrl"
  | "failureUrl"
  | "allowedOrigins"
  | "newMailWebhook"
  | "userConnectedWebhook"
  | "userDisconnectedWebhook"
  | "userAuthFailedWebhook"
  | "payloadFormat"
  | "ordered"
  | "allowPlainHttp"
>;

/** Of a partner that is being made. */
export const NO_SETTINGS: PartnerSettings = {
  name: "",
  successUrl: null,
  failureUrl: null,
  allowedOrigins: [],
  newMailWebhook: null,
  userConnectedWebhook: null,
  userDisconnectedWebhook: null,
  userAuthFailedWebhook: null,
  payloadFormat: "superimap",
  ordered: false,
  allowPlainHttp: false,
};

/** The settings with these fields in place of what they were; absent ones stay. */
export const mergeSettings = (
  current: PartnerSettings,
  fields: PartnerFields,
): PartnerSettings => ({
  name: fields.name ?? current.name,
  successUrl: given(fields.success_url, current.successUrl),
  failureUrl: given(fields.failure_url, current.failureUrl),
  allowedOrigins: fields.allowed_origins ?? current.allowedOrigins,
  newMailWebhook: givenWebhook(fields.new_mail_webhook, current.newMailWebhook),
  userConnectedWebhook: givenWebhook(fields.user_connected_webhook, current.userConnectedWebhook),
  userDisconnectedWebhook: givenWebhook(
    fields.user_disconnected_webhook,
    current.userDisconnectedWebhook,
  ),
  userAuthFailedWebhook: givenWebhook(
    fields.user_auth_failed_webhook,
    current.userAuthFailedWebhook,
  ),
  payloadFormat: fields.payload_format ?? current.payloadFormat,
  ordered: fields.ordered ?? current.ordered,
  allowPlainHttp: fields.allow_plain_http ?? current.allowPlainHttp,
});

export const isSame = (a: PartnerSettings, b: PartnerSettings) =>
  JSON.stringify(mergeSettings(a, {})) === JSON.stringify(mergeSettings(b, {}));

type Wanted = string | null | undefined;
const given = (wanted: Wanted, known: string | null) => (wanted === undefined ? known : wanted);

/** Whoever changes something else sends it back as it was shown, without its password. */
const givenWebhook = (wanted: Wanted, known: string | null) =>
  wanted === withoutPassword(known) ? known : given(wanted, known);

const WEBHOOKS = [
  ["new_mail_webhook", "newMailWebhook"],
  ["user_connected_webhook", "userConnectedWebhook"],
  ["user_disconnected_webhook", "userDisconnectedWebhook"],
  ["user_auth_failed_webhook", "userAuthFailedWebhook"],
] as const;

/**
 * What is wrong with the webhooks that are new; one that has become unlawful stays until it is changed.
 * Who takes the leave to use plain HTTP back has all of them looked at.
 */
export function webhookFaults(
  current: PartnerSettings,
  next: PartnerSettings,
  rules: WebhookUrlRules,
): FieldError[] {
  const ruled = { ...rules, allowsHttp: rules.allowsHttp || next.allowPlainHttp };
  const isStricter = current.allowPlainHttp && !next.allowPlainHttp;
  return WEBHOOKS.flatMap(([field, column]) => {
    const url = next[column];
    const isKnown = url === current[column] && !isStricter;
    const detail = url === null || isKnown ? null : webhookUrlFault(url, ruled);
    return detail === null ? [] : [{ pointer: `/${field}`, detail }];
  });
}

/** As they are shown, here and in the audit log. */
export const showSettings = (settings: PartnerSettings) => ({
  name: settings.name,
  success_url: settings.successUrl,
  failure_url: settings.failureUrl,
  allowed_origins: settings.allowedOrigins,
  new_mail_webhook: withoutPassword(settings.newMailWebhook),
  user_connected_webhook: withoutPassword(settings.userConnectedWebhook),
  user_disconnected_webhook: withoutPassword(settings.userDisconnectedWebhook),
  user_auth_failed_webhook: withoutPassword(settings.userAuthFailedWebhook),
  payload_format: settings.payloadFormat,
  ordered: settings.ordered,
  allow_plain_http: settings.allowPlainHttp,
});

export function auditedSettings(settings: PartnerSettings): Fields {
  const { allowed_origins, ...shown } = showSettings(settings);
  return { ...shown, allowed_origins: allowed_origins.join(" ") };
}
