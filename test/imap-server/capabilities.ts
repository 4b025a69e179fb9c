import type { Session } from "./session.ts";

/** In the order in which they are told. STARTTLS and AUTH end with the login. */
export function capabilities({
  server,
  state,
  canStartTls,
}: Pick<Session, "server" | "state" | "canStartTls">): string {
  const always = ["IMAP4rev1", "LITERAL+", "SASL-IR", "ID", "ENABLE"];
  if (state.kind === "not-authenticated") {
    return [...always, ...(canStartTls ? ["STARTTLS"] : []), "AUTH=PLAIN"].join(" ");
  }
  const extensions = ["NAMESPACE", "SPECIAL-USE", "CHILDREN", "UIDPLUS", "UNSELECT"];
  return [
    ...always,
    ...extensions,
    ...(server.idle ? ["IDLE"] : []),
    ...(server.gmail ? ["X-GM-EXT-1"] : []),
  ].join(" ");
}
