import type { LoadedContent } from "../attempt/loaded-content.ts";
import * as v from "valibot";
import { envelope, type MailEvent } from "../../../shared/users/events.ts";
import type { Bus } from "../../bus/bus.ts";
import { readBody } from "../../bus/stored-body.ts";
import type { MailContent } from "../payload/payload.ts";

const NOTHING: MailContent = { raw: null, envelope: null };
const envelopeJson = v.pipe(v.string(), v.parseJson(), envelope);

/** Returns the content; empty content if it could not be loaded. */
export const pickContent = (loaded: LoadedContent | null): MailContent =>
  loaded?.kind === "loaded" ? loaded.content : NOTHING;

/**
 * Returns the sequences of the messages in BODIES that must be deleted when the event has ended.
 */
export const pickBodySeqs = (loaded: LoadedContent): readonly number[] =>
  loaded.kind === "loaded" ? loaded.bodySeqs : [];

/** Reads the mail and envelope of an event from BODIES. Rejects when NATS does not answer. */
export async function loadContent(bus: Bus, event: MailEvent): Promise<LoadedContent> {
  if (event.kind !== "new_mail") return { kind: "loaded", content: NOTHING, bodySeqs: [] };
  const { id, body_seq, body_key, envelope_seq, envelope_key } = event;
  const [raw, envelopeText] = await Promise.all([
    body_seq === null ? null : readBody(bus, { seq: body_seq, id, key: body_key }),
    envelope_seq === null
      ? null
      : readBody(bus, { seq: envelope_seq, id: `${id}.envelope`, key: envelope_key }),
  ]);
  if (raw === undefined) return { kind: "missing", reason: "the mail's body is not in BODIES" };
  if (envelopeText === undefined) {
    return { kind: "missing", reason: "the mail's envelope is not in BODIES" };
  }
  const apart = envelopeText && v.safeParse(envelopeJson, new TextDecoder().decode(envelopeText));
  if (apart?.success === false) {
    return { kind: "missing", reason: "the mail's envelope in BODIES cannot be read" };
  }
  return {
    kind: "loaded",
    content: { raw, envelope: event.envelope ?? apart?.output ?? null },
    bodySeqs: [body_seq, envelope_seq].filter((seq) => seq !== null),
  };
}
