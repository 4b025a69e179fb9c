import { type Completion, completed, type Session } from "../sessions/session.ts";

/** Executes IDLE (RFC 2177). During IDLE, the client gets each change as soon as it happens. */
export async function idle(session: Session): Promise<Completion> {
  if (!session.server.idle) return completed("BAD IDLE is not supported");
  session.isIdling = true;
  const answer = session.ask("idling");
  session.sendUpdates(true);
  session.tell("idle");
  const line = await answer;
  session.isIdling = false;
  return completed(line.toUpperCase() === "DONE" ? "OK IDLE terminated" : "BAD Expected DONE");
}
