import { randomInt } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isDovecotMissing } from "../harness/mail-servers/dovecot/dovecot.ts";
import { eventually } from "../harness/eventually.ts";
import { seededRandom } from "../imap-server/chaos/seeded-random.ts";
import { type Product, startProduct } from "./product.ts";
import type { ProductUser } from "./product-user.ts";

const MAILBOXES = 20;
const MAILS = 1_000;
const KILLS = 8;
/**
 * Each round kills the fleet at a random moment within this time. A fleet that runs for the whole
 * time delivers most mails of the round.
 */
const MAX_LIFE_MS = 1_500;
/** The time limit for the delivery of all mails. It is long because the machine may be busy. */
const ALL_ARRIVED_TIMEOUT_MS = 120_000;

describe.skipIf(isDovecotMissing)("a thousand mails in twenty mailboxes", () => {
  let product: Product;
  beforeAll(async () => {
    product = await startProduct({
      // After a kill, NATS waits for ACK_WAIT before it redelivers the events that were not
      // acknowledged. So ACK_WAIT is short here.
      fleetEnv: { RETRY_SCHEDULE: "0.2,0.5,1,2,4,8", BREAKER_OPEN: "0.5", ACK_WAIT: "6" },
    });
  });
  afterAll(() => product?.[Symbol.asyncDispose]());

  async function newUsers(): Promise<ProductUser[]> {
    const users = await Promise.all(Array.from({ length: MAILBOXES }, () => product.addUser()));
    await Promise.all(users.map((user) => user.is("watching", 30_000)));
    return users;
  }

  /**
   * Delivers the mails `first`, `first + step` and so on. A mail's number decides which mailbox it
   * goes to.
   */
  async function deliver(users: readonly ProductUser[], first: number, step: number) {
    for (let n = first; n < MAILS; n += step) {
      const mail = `From: bob@example.com\r\nSubject: mail ${n}\r\n\r\nHello ${n}\r\n`;
      await users[n % users.length]?.deliver(mail);
    }
  }

  /**
   * Waits until all mails are delivered, and checks their webhooks. Returns how many webhooks
   * repeat an earlier one.
   */
  async function judge(users: readonly ProductUser[]): Promise<number> {
    const arrived = () => users.flatMap((user) => user.webhooks());
    const subjects = () => new Set(arrived().map(({ mail }) => mail.envelope["subject"]));
    await eventually(
      `${MAILS} mails`,
      () => (subjects().size === MAILS ? true : undefined),
      ALL_ARRIVED_TIMEOUT_MS,
    );
    await eventually(
      "all of them to be recorded as delivered",
      async () => {
        const states = await product.query(
          `select mail_logs.state, count(*)::int from mail_logs join users on users.id = user_id
           where tag = any($1) group by 1`,
          [users.map(({ tag }) => tag)],
        );
        return states.every(({ state }) => state === "delivered") && states[0]?.["count"] === MAILS
          ? true
          : undefined;
      },
      ALL_ARRIVED_TIMEOUT_MS,
    );

    const webhooks = arrived();
    expect(webhooks.every(({ verified }) => verified)).toBe(true);
    const bodies = new Map<string, Set<string>>();
    for (const { id, mail } of webhooks) {
      const { timestamp: _, signature: __, ...rest } = mail;
      bodies.set(id, (bodies.get(id) ?? new Set()).add(JSON.stringify(rest)));
    }
    expect(bodies.size).toBe(MAILS);
    expect([...bodies.values()].every(({ size }) => size === 1)).toBe(true);
    return webhooks.length - MAILS;
  }

  test("arrive once each", async () => {
    const users = await newUsers();
    await deliver(users, 0, 1);
    expect(await judge(users)).toBe(0);
  });

  test("are not lost when the fleet is killed repeatedly, and are repeated only under their id", async () => {
    const seed = randomInt(2 ** 31);
    console.log(`seed of the kills: ${seed}`);
    const random = seededRandom(seed);
    const users = await newUsers();
    const restart = async () => {
      await delay(random() * MAX_LIFE_MS);
      await product.stack.programs.fleet.restart("SIGKILL");
    };
    for (let kill = 0; kill < KILLS; kill++) {
      await Promise.all([restart(), deliver(users, kill, KILLS)]);
    }
    const doubled = await judge(users);
    console.log(`${KILLS} kills: 0 of ${MAILS} mails lost, ${doubled} came again`);
  });
});
