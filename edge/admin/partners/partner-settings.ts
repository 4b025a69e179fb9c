import type { Partner } from "../../../db/partners/partner-list.ts";
import type { FieldError } from "../../../shared/errors.ts";
import { webhookUrlFault, type WebhookUrlRules } from "../../../shared/network/webhook-url.ts";
import { withoutPassword } from "../../partners/without-password.ts";
import type { AuditedFields } from "../changed-fields.ts";
import type { Logo } from "../../partners/logo.ts";
import type { PartnerFields } from "./partner-fields.ts";

/** The settings that an admin may change. */
export type EditedPartner = Pick<
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
  | "privacyUrl"
  | "termsUrl"
  | "websiteUrl"
  | "accentColor"
  | "logoDigest"
  | "consentPage"
  | "providerChoice"
>;

/** The settings to store. The image itself is there only if the logo changes. */
type MergedPartner = EditedPartner & { logoType?: string | null; logoBase64?: string | null };

/** The default settings of a new partner. The fields of the request replace them. */
export const NO_SETTINGS: EditedPartner = {
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
  privacyUrl: null,
  termsUrl: null,
  websiteUrl: null,
  accentColor: null,
  logoDigest: null,
  consentPage: true,
  providerChoice: false,
};

/**
 * Returns the settings with these fields changed. A field that is undefined keeps its current
 * value.
 */
export const mergeSettings = (current: EditedPartner, fields: PartnerFields): MergedPartner => ({
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
  privacyUrl: given(fields.privacy_url, current.privacyUrl),
  termsUrl: given(fields.terms_url, current.termsUrl),
  websiteUrl: given(fields.website_url, current.websiteUrl),
  accentColor: given(fields.accent_color, current.accentColor),
  ...givenLogo(fields.logo, current.logoDigest),
  consentPage: fields.consent_page ?? current.consentPage,
  providerChoice: fields.provider_choice ?? current.providerChoice,
});

function givenLogo(wanted: Logo | null | undefined, known: string | null) {
  if (wanted === undefined || wanted?.digest === known) return { logoDigest: known };
  const { digest = null, type = null, base64 = null } = wanted ?? {};
  return { logoDigest: digest, logoType: type, logoBase64: base64 };
}

export const hasSameSettings = (a: EditedPartner, b: EditedPartner) =>
  JSON.stringify(mergeSettings(a, {})) === JSON.stringify(mergeSettings(b, {}));

type Wanted = string | null | undefined;
const given = (wanted: Wanted, known: string | null) => (wanted === undefined ? known : wanted);

/**
 * Returns the webhook URL to store. The admin pages get the URL with its password masked. If they
 * send this masked URL back, the stored URL and its password are kept.
 */
const givenWebhook = (wanted: Wanted, known: string | null) =>
  wanted === withoutPassword(known) ? known : given(wanted, known);

const WEBHOOKS = [
  ["new_mail_webhook", "newMailWebhook"],
  ["user_connected_webhook", "userConnectedWebhook"],
  ["user_disconnected_webhook", "userDisconnectedWebhook"],
  ["user_auth_failed_webhook", "userAuthFailedWebhook"],
] as const;

/**
 * Returns the faults of the webhooks that changed. An unchanged webhook is not checked, even if the
 * rules no longer allow it. There is one exception: when `allowPlainHttp` is turned off, all
 * webhooks are checked.
 */
export function webhookFaults(
  current: EditedPartner,
  next: EditedPartner,
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

/** Returns the settings for answers and for the audit log, with passwords masked. */
export const showPartnerSettings = (settings: EditedPartner) => ({
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
  privacy_url: settings.privacyUrl,
  terms_url: settings.termsUrl,
  website_url: settings.websiteUrl,
  accent_color: settings.accentColor,
  /** Names the logo in its URL; null when there is none. */
  logo_digest: settings.logoDigest,
  consent_page: settings.consentPage,
  provider_choice: settings.providerChoice,
});

export function auditedPartner(settings: EditedPartner): AuditedFields {
  const { allowed_origins, ...shown } = showPartnerSettings(settings);
  return { ...shown, allowed_origins: allowed_origins.join(" ") };
}
