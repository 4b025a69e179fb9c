import { EVENT_KIND_WORDS, isEventKind } from "../../parts/states/event-kind.ts";
import { isMailState, MAIL_STATE_WORDS } from "../../parts/states/mail-state.tsx";

export const STATE_OPTIONS = [
  ["", "any"],
  ...Object.entries(MAIL_STATE_WORDS).map(([state, [, words]]) => [state, words] as const),
] as const;
export const KIND_OPTIONS = [["", "any"], ...Object.entries(EVENT_KIND_WORDS)] as const;

/** Reads the filters of the list of events from the query of the address. */
export function parseEventQuery(address: Readonly<Record<string, string>>) {
  const { state = "", kind = "" } = address;
  const texts = ["partner_id", "user_id", "since", "until", "text"] as const;
  return {
    ...(isMailState(state) && { state }),
    ...(isEventKind(kind) && { kind }),
    ...pick(address, texts),
  };
}

export type EventQuery = ReturnType<typeof parseEventQuery>;

/** Reads the filters of the list of attempts from the query of the address. */
export const parseAttemptQuery = (address: Readonly<Record<string, string>>) =>
  pick(address, ["partner_id", "user_id", "since", "until", "code", "host"]);

/** Returns the parameters with these names that are not empty. */
function pick<Name extends string>(
  address: Readonly<Record<string, string>>,
  names: readonly Name[],
): { [N in Name]?: string } {
  const picked: { [N in Name]?: string } = {};
  for (const name of names) if (address[name]) picked[name] = address[name];
  return picked;
}
