import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isDovecotMissing } from "../harness/mail-servers/dovecot/dovecot.ts";
import { eventually } from "../harness/eventually.ts";
import { type Product, startProduct } from "./product.ts";

const letters = v.array(v.looseObject({ id: v.string(), state: v.string() }));

describe.skipIf(isDovecotMissing)("a mail that was given up", () => {
  let product: Product;
  beforeAll(async () => {
    product = await startProduct({ fleetEnv: { RETRY_SCHEDULE: "0.2", BREAKER_OPEN: "0.1" } });
  });
  afterAll(() => product?.[Symbol.asyncDispose]());

  const listLetters = async (tag: string) =>
    v.parse(letters, (await product.api("GET", `/dead-letters?user_tag=${tag}`)).body);

  test("is listed, read, downloaded whole and delivered again, through the API", async () => {
    const user = await product.addUser();
    await user.is("watching");
    await product.failWebhooks(500, 1_000);
    await user.deliver("From: Bob <bob@example.com>\r\nSubject: in vain\r\n\r\nHello\r\n");
    const { id } = await eventually("a letter", async () => (await listLetters(user.tag))[0]);
    await product.failWebhooks(200, 0);
    const [webhook] = user.webhooks();

    expect((await product.api("GET", `/dead-letters/${id}`)).body).toMatchObject({
      state: "waiting",
      last_error: "the endpoint answered 500",
      mail: { subject: "in vain", from: "Bob <bob@example.com>", text: "Hello\n" },
      mail_missing: null,
    });
    const eml = await product.api("GET", `/dead-letters/${id}/eml`);
    expect([eml.status, eml.text]).toEqual([200, webhook?.mail.rfc822]);

    const asked = await product.api("POST", `/dead-letters/${id}/redeliver`);
    expect(asked).toMatchObject({ status: 202, body: { state: "requested" } });
    const [, , again] = await user.receives(3);
    expect(again).toMatchObject({ id, mail: { rfc822: webhook?.mail.rfc822 } });
    await eventually("the letter to know", async () => {
      const [letter] = await listLetters(user.tag);
      return letter?.state === "redelivered" ? true : undefined;
    });
    const counts = await product.api("GET", "/dead-letters/counts");
    expect(counts.body).toEqual({ waiting: 0, requested: 0, redelivered: 1 });
    const gone = await eventually("the mail to be stored no more", async () => {
      const answer = await product.api("GET", `/dead-letters/${id}/eml`);
      return answer.status === 409 ? answer : undefined;
    });
    expect(gone.body).toMatchObject({
      detail: "Cannot download the mail: the mail is no longer stored here",
    });
  });
});
