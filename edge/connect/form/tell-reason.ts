import { reasonText } from "../../../shared/reasons.ts";
import type { ShownForm } from "./login-form.ts";

const OF_THE_PASSWORD: readonly string[] = ["wrong_password", "app_password_required"];
const OF_THE_SERVER: readonly string[] = [
  "certificate_not_trusted",
  "host_not_found",
  "host_not_allowed",
  "connection_refused",
  "timeout",
];

/** Says why a login was refused, at the field that is to blame if there is one. */
export function tellReason(
  reason: string,
  hasOwnHost: boolean,
): Pick<ShownForm, "problem" | "faults"> {
  const text = reasonText(reason);
  if (OF_THE_PASSWORD.includes(reason)) return { faults: { password: text } };
  if (OF_THE_SERVER.includes(reason) && hasOwnHost) return { faults: { host: text } };
  return { problem: text };
}
