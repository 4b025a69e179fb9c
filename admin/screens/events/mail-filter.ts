import { MAIL_STATE_WORDS } from "../../parts/states/mail-state.tsx";
import type { Mail } from "./mail-table.tsx";

export interface MailLogFilter {
  state?: Mail["state"];
  since?: string;
  until?: string;
}

const isMailState = (text: string): text is Mail["state"] => Object.hasOwn(MAIL_STATE_WORDS, text);

/** Reads the filters from the query of the address. */
export function mailFilter({
  state = "",
  since,
  until,
}: Readonly<Record<string, string>>): MailLogFilter {
  return {
    ...(isMailState(state) && { state }),
    ...(since && { since }),
    ...(until && { until }),
  };
}
