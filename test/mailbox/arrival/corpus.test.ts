import { createHash } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { partners } from "../../../db/partners/tables.ts";
import { readCorpus } from "../../corpus/corpus.ts";
import { type Endpoint, startEndpoint } from "../../harness/network/endpoint.ts";
import { eventually } from "../../harness/eventually.ts";
import { appendMail } from "../../harness/mail-servers/mail-client.ts";
import { runRole } from "../../webhook/running-role.ts";
import { type MailUser, newMailUser } from "../mail-user.ts";
import { MAIL_SERVERS, type SessionStack, startSessionStack } from "../session-stack.ts";

type PayloadFormat = typeof partners.$inferSelect.payloadFormat;

const MAX_EMAIL_SIZE = 5 * 1_024 * 1_024;
const CORPUS = readCorpus();

/**
 * Returns whether Dovecot keeps the mail unchanged. Dovecot ends all lines with CR and LF, and
 * accepts neither NUL nor an empty mail.
 */
const isKeptByDovecot = ({ raw }: { raw: Uint8Array }) =>
  raw.byteLength > 0 && !/\0|(?<!\r)\n|\r(?!\n)/.test(Buffer.from(raw).toString("latin1"));

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

describe.each(MAIL_SERVERS)("difficult mails from $name", ({ name: server, startServer }) => {
  let stack: SessionStack;
  let role: AsyncDisposable;
  beforeAll(async () => {
    stack = await startSessionStack(startServer);
    role = runRole(stack, { attemptTimeoutMs: 20_000 });
  });
  afterAll(async () => {
    await role?.[Symbol.asyncDispose]();
    await stack?.[Symbol.asyncDispose]();
  });

  const bring = async (user: MailUser, raw: Uint8Array) => {
    if (server === "Dovecot") await appendMail(stack.server, user, raw);
    else await stack.server.deliver(user.address, raw);
  };

  async function newUserAt(endpoint: Endpoint, payloadFormat: PayloadFormat): Promise<MailUser> {
    const user = await newMailUser(stack);
    await stack.db
      .update(partners)
      .set({ newMailWebhook: endpoint.url, payloadFormat })
      .where(eq(partners.id, user.account.partnerId));
    return user;
  }

  const bodiesAt = (endpoint: Endpoint, mailCount: number) =>
    eventually(`webhooks of ${mailCount} mails`, async () => {
      const ids = new Set(endpoint.posted.map(({ headers }) => headers["webhook-id"]));
      return ids.size >= mailCount
        ? endpoint.posted.map(({ body }) => JSON.parse(body))
        : undefined;
    });

  test("arrive byte for byte in the format raw", async () => {
    const mails = server === "Dovecot" ? CORPUS.filter(isKeptByDovecot) : CORPUS;
    expect(mails.length).toBeGreaterThan(50);
    await using endpoint = await startEndpoint();
    const user = await newUserAt(endpoint, "raw");
    for (const { raw } of mails) await bring(user, raw);
    await using sessions = stack.openSessions({ maxEmailSizeBytes: MAX_EMAIL_SIZE });
    sessions.watch(user.account);
    const bodies = await bodiesAt(endpoint, mails.length);
    const hashes = bodies.map(({ rfc822_base64 }) => sha256(Buffer.from(rfc822_base64, "base64")));
    const arrived = new Set(hashes);
    expect(mails.filter(({ raw }) => !arrived.has(sha256(raw))).map(({ name }) => name)).toEqual(
      [],
    );
  });

  test("with ten thousand recipients contain all of them in each format", async () => {
    const { raw } = CORPUS.find(({ name }) => name === "recipients-10000") ?? {};
    if (!raw) throw new Error("The mail of ten thousand recipients is gone");
    await using endpoint = await startEndpoint();
    await using sessions = stack.openSessions({ maxEmailSizeBytes: MAX_EMAIL_SIZE });
    for (const format of ["superimap", "raw", "parsed"] as const) {
      const user = await newUserAt(endpoint, format);
      await bring(user, raw);
      sessions.watch(user.account);
    }
    const wanted = Array.from({ length: 10_000 }, (_, n) => `recipient-${n}@example.com`);
    const bodies = await bodiesAt(endpoint, 3);
    expect(new Set(bodies.map(({ format }) => format))).toEqual(
      new Set(["parsed", "raw", undefined]),
    );
    for (const { format, envelope, to } of bodies) {
      const lists = format === "parsed" ? [envelope.to, to] : [envelope.to];
      for (const list of lists) {
        const addresses = list.map(({ address }: { address: string }) => address);
        expect(addresses).toEqual([...wanted, "last@example.com"]);
      }
    }
  });
});
