import { createHash } from "node:crypto";
import { jetstream } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isBodySignedBy } from "../../dev/sink/webhook-check.ts";
import { isDovecotMissing } from "../harness/mail-servers/dovecot/dovecot.ts";
import { eventually } from "../harness/eventually.ts";
import { HARD_MAILS } from "./hard-mails.ts";
import { type Product, startProduct } from "./product.ts";

describe.skipIf(isDovecotMissing)("from Dovecot to the webhook", () => {
  let product: Product;
  beforeAll(async () => {
    product = await startProduct({
      fleetEnv: { RETRY_SCHEDULE: "0.2,0.2,0.2,0.2,0.2,0.2", BREAKER_OPEN: "0.1" },
    });
  });
  afterAll(() => product?.[Symbol.asyncDispose]());

  const mail = (subject: string) => `From: bob@example.com\r\nSubject: ${subject}\r\n\r\nHello\r\n`;

  const readOutcomes = async (eventId: string) =>
    (
      await product.query(
        "select outcome from transmit_logs where event_id = $1 order by attempt",
        [eventId],
      )
    ).map(({ outcome }) => outcome);

  /** Counts the messages for this event in the stream DEAD. */
  const countDead = async (eventId: string) => {
    const connection = await connect({ servers: product.stack.addresses.nats });
    try {
      const consumer = await jetstream(connection).consumers.get("DEAD");
      const { num_pending: max_messages } = await consumer.info(true);
      const ids: string[] = [];
      for await (const message of await consumer.fetch({ max_messages })) {
        ids.push(message.headers?.get("Nats-Msg-Id") ?? "");
      }
      return ids.filter((id) => id === `dead:${eventId}`).length;
    } finally {
      await connection.drain();
    }
  };

  const awaitEventId = async ({ tag }: { tag: string }, state: string) =>
    eventually(`a mail of ${tag} to be ${state}`, async () => {
      const [row] = await product.query(
        `select event_id from mail_logs join users on users.id = user_id
         where tag = $1 and mail_logs.state = $2`,
        [tag, state],
      );
      return row && String(row["event_id"]);
    });

  test.each(HARD_MAILS)("a mail with $kind arrives whole and signed", async ({ raw, envelope }) => {
    const user = await product.addUser();
    await user.is("watching");
    await user.deliver(raw);
    const [webhook] = await user.receives(1);
    if (!webhook) throw new Error("nothing was received");
    const { partner } = product.stack.addresses;
    const headers = Object.entries(webhook.headers).map(([name, value]) => [name, String(value)]);
    new Webhook(partner.webhook_secret).verify(webhook.body, Object.fromEntries(headers));
    expect(isBodySignedBy(partner.api_key, webhook.body)).toBe(true);
    const { rfc822, sha1 } = webhook.mail;
    expect(createHash("sha1").update(rfc822).digest("hex")).toBe(sha1);
    // Dovecot adds its own header lines at the top of the mail.
    expect(rfc822.endsWith(new TextDecoder().decode(raw))).toBe(true);
    expect(webhook.mail.envelope).toMatchObject(envelope);
  });

  test("an endpoint that fails five times gets the sixth attempt, under the same id", async () => {
    const user = await product.addUser();
    await user.is("watching");
    await product.failWebhooks(500, 5);
    await user.deliver(mail("patience"));
    const eventId = await awaitEventId(user, "delivered");
    expect(user.webhooks().map(({ id }) => id)).toEqual(Array.from({ length: 6 }, () => eventId));
    expect(await readOutcomes(eventId)).toEqual([...Array(5).fill("retry"), "delivered"]);
  });

  test("an endpoint that always fails: the mail ends in DEAD exactly once", async () => {
    const user = await product.addUser();
    await user.is("watching");
    await product.failWebhooks(500, 1_000);
    await user.deliver(mail("in vain"));
    const eventId = await awaitEventId(user, "dead");
    await product.failWebhooks(200, 0);
    expect(user.webhooks()).toHaveLength(7);
    expect(await readOutcomes(eventId)).toEqual([...Array(6).fill("retry"), "dead"]);
    const letters = await product.query(
      "select attempts, last_error, stream_seq from dead_letters where event_id = $1",
      [eventId],
    );
    expect(letters).toMatchObject([{ attempts: 7, last_error: "the endpoint answered 500" }]);

    expect(await countDead(eventId)).toBe(1);

    await user.deliver(mail("afterwards"));
    expect((await user.receives(8)).at(-1)?.mail.envelope).toMatchObject({ subject: "afterwards" });
  });

  test("mail that waits while the fleet is down arrives afterwards", async () => {
    const user = await product.addUser();
    await user.is("watching");
    const { fleet } = product.stack.programs;
    await fleet.stop();
    for (const subject of ["one", "two", "three"]) await user.deliver(mail(subject));
    expect(user.webhooks()).toEqual([]);
    await fleet.start();
    const webhooks = await user.receives(3);
    expect(webhooks.map((webhook) => webhook.mail.envelope["subject"])).toEqual(
      expect.arrayContaining(["one", "two", "three"]),
    );
  });
});
