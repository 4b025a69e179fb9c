import { decodeBase64 } from "@oslojs/encoding";
import type { Context } from "hono";
import * as v from "valibot";
import { deadLetterAnswer, type LetterText } from "../../shared/commands.ts";
import { AppError } from "../../shared/errors.ts";
import type { AppEnv } from "../app-env.ts";
import { askFleet } from "../commands/ask-fleet.ts";
import { problem } from "../problem.ts";

/** The result of reading the mail of a letter. */
export type ReadLetter =
  | { kind: "text"; mail: LetterText }
  | { kind: "eml"; rfc822: Uint8Array<ArrayBuffer> }
  /** The letter has no mail. `reason` says why. */
  | { kind: "none"; reason: string }
  /** The mail could not be read at the moment. `reason` says why. */
  | { kind: "unknown"; reason: string };

interface Letter {
  partnerId: string;
  eventId: string;
}

/** Returns the mail of a letter, or the reason why it is missing, as fields for an answer. */
export async function readMail(c: Context<AppEnv>, letter: Letter) {
  const read = await readLetter(c, letter, "text");
  return {
    mail: read.kind === "text" ? read.mail : null,
    mail_missing: read.kind === "none" || read.kind === "unknown" ? read.reason : null,
  };
}

/**
 * Answers with the mail of a letter as an .eml file. The status is 503 when the mail cannot be read
 * at the moment.
 * @throws {AppError} when the letter has no mail.
 */
export async function answerWithMail(c: Context<AppEnv>, letter: Letter): Promise<Response> {
  const read = await readLetter(c, letter, "eml");
  switch (read.kind) {
    case "unknown":
      return problem("unavailable", { detail: `Cannot download the mail: ${read.reason}` });
    case "none":
      throw new AppError("conflict", `Cannot download the mail: ${read.reason}`);
    case "text":
      throw new Error("Cannot download the mail: the fleet answered with its text");
    case "eml":
      return c.body(read.rfc822, 200, {
        "content-type": "message/rfc822",
        "content-disposition": `attachment; filename="${letter.eventId.replaceAll(/[^\w-]/g, "_")}.eml"`,
      });
  }
}

/** Asks the fleet for the mail, because the edge has no access to stored mail. */
async function readLetter(
  c: Context<AppEnv>,
  { partnerId, eventId }: Letter,
  as: "text" | "eml",
): Promise<ReadLetter> {
  const { mailboxSealer, partnerVault } = c.env;
  const asked = await askFleet(
    { db: c.var.db, mailboxSealer, partnerVault },
    { kind: "read_dead_letter", partner_id: partnerId, event_id: eventId, as },
    c.req.raw.signal,
  );
  if (asked.outcome === "no-fleet") return { kind: "unknown", reason: "the fleet is not running" };
  if (asked.outcome === "no-answer") return { kind: "unknown", reason: "the fleet did not answer" };
  const answer = v.parse(deadLetterAnswer, JSON.parse(asked.answer));
  switch (answer.result) {
    case "text":
      return { kind: "text", mail: answer.mail };
    case "none":
      return { kind: "none", reason: answer.reason };
    case "eml":
      return { kind: "eml", rfc822: new Uint8Array(decodeBase64(answer.rfc822_base64)) };
  }
}
