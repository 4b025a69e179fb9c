import type { Words } from "../words/en.ts";
import { translateReason } from "../words/translate-reason.ts";
import type { FieldName } from "./form-fields.ts";
import type { ShownForm } from "./login-form.ts";

const OF_THE_PASSWORD: readonly string[] = ["wrong_password", "app_password_required"];
const OF_THE_LOGIN: readonly string[] = ["account_locked", "imap_disabled"];
/**
 * Reasons that concern the mail server, each with the field at which the form shows it. Used only
 * if the form asks for the mail server.
 */
const OF_THE_SERVER: Readonly<Record<string, FieldName>> = {
  certificate_not_trusted: "host",
  host_not_found: "host",
  host_not_allowed: "host",
  timeout: "host",
  tls_too_old: "host",
  mechanism_missing: "host",
  connection_refused: "port",
  not_imap: "port",
  tls_required: "security",
  no_tls_on_port: "security",
  starttls_not_offered: "security",
};

/**
 * Returns why a login was refused. The text is shown at the field that caused the refusal, or above
 * the form if there is no such field.
 */
export function tellReason(
  words: Words,
  reason: string,
  hasOwnHost: boolean,
): Pick<ShownForm, "problem" | "faults"> {
  const text = translateReason(words, reason);
  if (OF_THE_PASSWORD.includes(reason)) return { faults: { password: text } };
  if (OF_THE_LOGIN.includes(reason)) return { faults: { login: text } };
  const field = Object.hasOwn(OF_THE_SERVER, reason) ? OF_THE_SERVER[reason] : undefined;
  if (field && hasOwnHost) return { faults: { [field]: text } };
  return { problem: text };
}
