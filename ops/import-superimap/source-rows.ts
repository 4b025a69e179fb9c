import * as v from "valibot";

/**
 * This file describes the rows of SuperIMAP's tables (SuperIMAP's db/schema.rb, version
 * 20150611134232). It lists only the columns that the import reads.
 */

const text = v.nullable(v.string());
const id = v.number();
const time = v.nullable(v.date());

export const providerRow = v.object({
  id,
  type: text,
  code: text,
  title: text,
  imap_host: text,
  imap_port: v.nullable(v.number()),
  imap_use_ssl: v.nullable(v.boolean()),
  smtp_host: text,
  smtp_port: v.nullable(v.number()),
  smtp_enable_starttls_auto: v.nullable(v.boolean()),
  oauth2_site: text,
  oauth2_authorize_url: text,
  oauth2_token_url: text,
  oauth2_scope: text,
  oauth2_access_type: text,
  oauth2_approval_prompt: text,
});
export type ProviderRow = v.InferOutput<typeof providerRow>;

export const partnerRow = v.object({
  id,
  api_key: text,
  name: text,
  new_mail_webhook: text,
  user_connected_webhook: text,
  user_disconnected_webhook: text,
  success_url: text,
  failure_url: text,
  created_at: time,
});
export type PartnerRow = v.InferOutput<typeof partnerRow>;

export const connectionRow = v.object({
  id,
  partner_id: v.nullable(v.number()),
  imap_provider_id: v.nullable(v.number()),
  oauth2_client_id: text,
  oauth2_client_secret: text,
  created_at: time,
  /** The number of all users of the connection. */
  users: v.number(),
});
export type ConnectionRow = v.InferOutput<typeof connectionRow>;

export const userRow = v.object({
  id,
  tag: text,
  email: text,
  login_username: text,
  login_password: text,
  oauth2_refresh_token: text,
  last_uid: v.nullable(v.number()),
  last_uid_validity: text,
  last_internal_date: time,
  last_email_at: time,
  last_login_at: time,
  connected_at: time,
  created_at: time,
  updated_at: time,
  archived: v.nullable(v.boolean()),
  enable_tracer: v.nullable(v.boolean()),
});
export type UserRow = v.InferOutput<typeof userRow>;

export const mailLogRow = v.object({
  id,
  user_id: v.number(),
  message_id: text,
  sha1: text,
  created_at: v.date(),
});
export type MailLogRow = v.InferOutput<typeof mailLogRow>;

/** The decision about one row: import it (`take`), or skip it (`leave`). */
export type ImportVerdict<Taken> = { kind: "take"; taken: Taken } | { kind: "leave"; why: string };

export const leave = (why: string) => ({ kind: "leave", why }) as const;

/** Returns null for a blank text, because SuperIMAP treats blank texts as missing. */
export const filled = (value: string | null): string | null =>
  value === null || value.trim() === "" ? null : value;
