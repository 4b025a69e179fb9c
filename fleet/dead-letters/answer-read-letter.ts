import { Buffer } from "node:buffer";
import * as v from "valibot";
import type { Db } from "../../db/client.ts";
import { findLetterPlace } from "../../db/deliveries/redeliveries.ts";
import type { Command, DeadLetterAnswer, LetterText } from "../../shared/commands.ts";
import { type Envelope, event as eventSchema } from "../../shared/users/events.ts";
import type { Bus } from "../bus/bus.ts";
import type { DeadLetter } from "../webhook/delivery/dead-letter.ts";
import type { MailReader } from "../mime/reading/mail-reader.ts";
import { describeEnvelope } from "./envelope-text.ts";
import { readLetter } from "./read-letter.ts";

type ReadDeadLetter = Extract<Command, { kind: "read_dead_letter" }>;

/**
 * Answers the command `read_dead_letter`. When there is nothing to show, the answer contains the
 * reason.
 */
export async function answerReadLetter(
  { bus, db, mails }: { bus: Bus; db: Db; mails: MailReader },
  { partner_id: partnerId, event_id: eventId, as }: Omit<ReadDeadLetter, "kind">,
): Promise<DeadLetterAnswer> {
  const place = await findLetterPlace(db, partnerId, eventId);
  const letter = place && (await readLetter(bus, { eventId, ...place }));
  if (!letter) return none("the mail is no longer stored here");
  if (letter.rfc822_base64 === null) return withoutMail(letter, as);
  if (as === "eml") return { result: "eml", rfc822_base64: letter.rfc822_base64 };
  const raw = Buffer.from(letter.rfc822_base64, "base64");
  const answer = await mails.read({ kind: "letter" }, raw, { partnerId });
  if (answer.kind === "over_budget") {
    return none(`the mail cannot be shown, since ${answer.reason}: download it instead`);
  }
  const mail: LetterText | null = JSON.parse(answer.json);
  return mail ? { result: "text", mail } : none("the mail cannot be parsed: download it instead");
}

const none = (reason: string): DeadLetterAnswer => ({ result: "none", reason });

function withoutMail(letter: DeadLetter, as: ReadDeadLetter["as"]): DeadLetterAnswer {
  const parsed = v.safeParse(eventSchema, letter.event);
  if (!parsed.success) return none("the event cannot be read");
  const event = parsed.output;
  if (event.kind !== "new_mail") return none("the event is no mail");
  const envelope: Envelope | null = event.envelope ?? letter.envelope;
  if (as === "text" && envelope) return { result: "text", mail: describeEnvelope(envelope) };
  return none(event.oversize ? "the mail was too large to be stored" : "the mail was lost");
}
