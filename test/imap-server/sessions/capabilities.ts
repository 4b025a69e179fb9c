import { listMechanisms } from "../sasl/mechanisms.ts";
import type { Session } from "./session.ts";

/**
 * Returns the capabilities in the order in which they are sent. STARTTLS and AUTH are no longer
 * listed after the login.
 */
export function capabilities({
  server,
  state,
  canStartTls,
}: Pick<Session, "server" | "state" | "canStartTls">): string {
  const always = ["IMAP4rev1", "LITERAL+", "SASL-IR", "ID", "ENABLE"];
  if (state.kind === "not-authenticated") {
    const mechanisms = listMechanisms(server).map((name) => `AUTH=${name}`);
    return [...always, ...(canStartTls ? ["STARTTLS"] : []), ...mechanisms].join(" ");
  }
  const extensions = ["NAMESPACE", "SPECIAL-USE", "CHILDREN", "UIDPLUS", "UNSELECT"];
  return [
    ...always,
    ...extensions,
    ...(server.idle ? ["IDLE"] : []),
    ...(server.gmail ? ["X-GM-EXT-1"] : []),
  ].join(" ");
}
