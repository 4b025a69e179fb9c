import { contentHash } from "../../../fleet/mailbox/catch-up/judging/content-hash.ts";
import {
  MAX_HEADER_BYTES,
  toHeaderEnvelope,
} from "../../../fleet/mailbox/imap/fetch/header-envelope.ts";
import { toParsedJson } from "../../../fleet/webhook/payload/parsed-mail.ts";
import { prepareBody } from "../../../fleet/webhook/payload/payload.ts";
import { mailEvent } from "../../corpus/mail-event.ts";
import { cpuMs } from "../../harness/cpu-ms.ts";

/** A fault in how the product has read a mail. */
export interface MailFault {
  kind: "threw" | "undocumented_failure" | "slow" | "large" | "unsteady" | "invented_reply";
  detail: string;
}

/** The maximum CPU time for a mail of up to 64 KiB. A larger mail gets proportionally more. */
const BUDGET_MS = 200;
const BUDGET_BYTES = 64 * 1_024;
/**
 * Additional CPU time per line, because the parser awaits each line. On a busy machine, an await
 * takes 3 to 6 µs under Node.
 */
const BUDGET_LINE_MS = 0.01;
/**
 * The maximum size of the webhook's body per byte of the mail. It is high, because a part of a few
 * bytes gets a description of 250 characters.
 */
const MAX_GROWTH = 64;
const MAX_SMALL_BODY = 64 * 1_024;
const MAX_ATTACHMENT_BYTES = 262_144;

const NO_ENVELOPE = toHeaderEnvelope(new Uint8Array());

/** All values of `parse_error` that docs/payload-formats.md documents. */
const DOCUMENTED = [
  /^found \d+ (?:lines|lines that may begin a part|equals signs), wanted at most \d+$/,
  /^Maximum MIME nesting depth of \d+ levels exceeded$/,
  /^Maximum header size of \d+ bytes exceeded$/,
  /^found nothing in its parts$/,
];

interface Parsed {
  text: string | null;
  reply_text: string | null;
  parse_error?: string;
}

function computeBudgetMs(raw: Uint8Array): number {
  const lines = raw.reduce((count, byte) => (byte === 0x0a ? count + 1 : count), 0);
  return BUDGET_MS * Math.max(1, raw.length / BUDGET_BYTES) + BUDGET_LINE_MS * lines;
}

/**
 * Builds the payload `parsed` from a mail, as in production, and checks the result. Returns the
 * first fault. Null means that there is none.
 */
export async function judgeMail(raw: Uint8Array): Promise<MailFault | null> {
  try {
    const budgetMs = computeBudgetMs(raw);
    const first = await timed(() => read(raw));
    let leastMs = first.tookMs;
    // Reads a slow mail again: the machine may have been busy, or the code may not have been
    // compiled yet.
    for (let tries = 0; tries < 2 && leastMs > budgetMs; tries++) {
      leastMs = Math.min(leastMs, (await timed(() => read(raw))).tookMs);
    }
    if (leastMs > budgetMs) return tooSlow(raw, leastMs, budgetMs);
    return judgeBody(raw, first.result) ?? (await judgeAgain(raw, first.result));
  } catch (error) {
    return { kind: "threw", detail: error instanceof Error ? `${error.stack}` : String(error) };
  }
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; tookMs: number }> {
  const startMs = cpuMs();
  const result = await work();
  return { result, tookMs: cpuMs() - startMs };
}

/** Reads the same parts of a mail as the product does. Returns the body of the webhook. */
async function read(raw: Uint8Array): Promise<string> {
  contentHash(raw);
  toHeaderEnvelope(raw.subarray(0, MAX_HEADER_BYTES));
  const body = await prepareBody(
    mailEvent(raw, NO_ENVELOPE),
    { raw, envelope: NO_ENVELOPE },
    { format: "parsed", maxAttachmentBytes: MAX_ATTACHMENT_BYTES, parseMail: toParsedJson },
  );
  return body({ timestampS: 1, signature: "signature" });
}

const tooSlow = (raw: Uint8Array, tookMs: number, budgetMs: number): MailFault => ({
  kind: "slow",
  detail: `${raw.length} bytes took ${Math.round(tookMs)} ms of CPU time, wanted at most ${Math.round(budgetMs)} ms`,
});

function judgeBody(raw: Uint8Array, body: string): MailFault | null {
  const maxLength = MAX_SMALL_BODY + MAX_GROWTH * raw.length;
  if (body.length > maxLength)
    return {
      kind: "large",
      detail: `${raw.length} bytes make a body of ${body.length} characters, wanted at most ${maxLength}`,
    };
  const { text, reply_text, parse_error }: Parsed = JSON.parse(body);
  const failure = parse_error?.replace(/^Cannot parse the mail: /, "");
  if (failure !== undefined && !DOCUMENTED.some((known) => known.test(failure)))
    return { kind: "undocumented_failure", detail: failure };
  const invented = inventedLine(text ?? "", reply_text ?? "");
  return invented === undefined
    ? null
    : { kind: "invented_reply", detail: `a line that is not in the text: ${invented}` };
}

/** Returns the first line of `reply` that is missing in `text`. */
function inventedLine(text: string, reply: string): string | undefined {
  const known = new Set(text.split("\n").map((line) => line.trim()));
  return reply
    .split("\n")
    .map((line) => line.trim())
    .find((line) => line !== "" && !known.has(line));
}

/**
 * Builds the webhook's body a second time. Returns a fault if it differs from `body`: all webhooks
 * with the same id must have the same body.
 */
async function judgeAgain(raw: Uint8Array, body: string): Promise<MailFault | null> {
  return (await read(raw)) === body
    ? null
    : { kind: "unsteady", detail: "the second body differs from the first" };
}
