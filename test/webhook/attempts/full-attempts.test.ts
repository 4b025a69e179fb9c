import { afterAll, beforeAll, expect, test } from "vitest";
import { ATTEMPTS, EVENTS, laneConsumer } from "../../../fleet/bus/subjects.ts";
import { startEndpoint } from "../../harness/network/endpoint.ts";
import { eventually } from "../../harness/eventually.ts";
import { type FleetStack, startFleetStack } from "../../harness/stacks/fleet-stack.ts";
import { mailIs, readAttempts } from "../read-attempts.ts";
import { newWebhookUser, publishMail } from "../published-mail.ts";
import { runRole } from "../running-role.ts";

let stack: FleetStack;
beforeAll(async () => {
  stack = await startFleetStack();
});
afterAll(() => stack?.[Symbol.asyncDispose]());

const CONCURRENCY = 8;

test(
  "while ATTEMPTS is full nothing is sent twice, and nothing new; then all goes on",
  { timeout: 120_000 },
  async () => {
    await using endpoint = await startEndpoint();
    const user = await newWebhookUser(
      stack,
      await stack.newPartner({ newMailWebhook: endpoint.url }),
    );
    const { streams, consumers } = stack.bus.jsm;
    const { id } = await publishMail(stack, user);
    await using _role = runRole(stack, { laneConcurrency: CONCURRENCY });
    await mailIs(stack, id, "delivered");
    const { state } = await streams.info(ATTEMPTS);
    await streams.update(ATTEMPTS, { max_msgs: state.messages });
    const ids: string[] = [];
    for (let i = 0; i < 30; i++) ids.push((await publishMail(stack, user)).id);
    // The seventh failure to store a record comes after 24 s. Even then, the fleet must keep the
    // record and must not postpone its event.
    await eventually(
      "its records to be refused for long",
      () =>
        stack.log.lines.find(
          (line) => line.includes("bus.not_acknowledged") && line.includes('"failures":7'),
        ),
      60_000,
    );
    expect(endpoint.posted.length).toBeGreaterThan(1);
    expect(endpoint.posted.length).toBeLessThanOrEqual(1 + CONCURRENCY);
    const sent = endpoint.posted.map(({ headers }) => headers["webhook-id"]);
    expect(new Set(sent).size).toBe(sent.length);

    await streams.update(ATTEMPTS, { max_msgs: -1 });
    for (const one of ids) await mailIs(stack, one, "delivered");
    expect(endpoint.posted).toHaveLength(1 + ids.length);
    for (const one of ids) expect(await readAttempts(stack, one)).toHaveLength(1);
    await eventually("all to be acknowledged", async () => {
      const info = await consumers.info(EVENTS, laneConsumer(user.partner.id));
      return info.num_ack_pending + info.num_pending === 0 ? true : undefined;
    });
  },
);
