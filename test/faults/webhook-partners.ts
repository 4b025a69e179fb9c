import { type EndpointAnswer, type Posted, startEndpoint } from "../harness/network/endpoint.ts";
import type { FleetStack } from "../harness/stacks/fleet-stack.ts";
import { moreUsers, newWebhookUser, publishMail } from "../webhook/published-mail.ts";

/** A partner with an endpoint whose answers the test chooses, and a record of its requests. */
export interface WebhookPartner extends AsyncDisposable {
  id: string;
  published: ReadonlySet<string>;
  /** The number of answers per status. */
  answers: ReadonlyMap<number, number>;
  /** How often each event was answered with status 200. The key is the `webhook-id`. */
  taken: ReadonlyMap<string, number>;
  /** The different request bodies of each `webhook-id`, without timestamp and signature. */
  bodies: ReadonlyMap<string, ReadonlySet<string>>;
  /** Publishes the events of this many mails. Each event is for the next user in turn. */
  publish(count: number): Promise<void>;
}

export interface WebhookBehaviour {
  users?: number;
  /** @param n The index of the request, from 0. */
  chooseAnswer(n: number): EndpointAnswer;
}

export async function addWebhookPartner(
  stack: FleetStack,
  { users = 1, chooseAnswer }: WebhookBehaviour,
): Promise<WebhookPartner> {
  const answers = new Map<number, number>();
  const taken = new Map<string, number>();
  const bodies = new Map<string, Set<string>>();
  let requests = 0;
  const endpoint = await startEndpoint((posted) => {
    const answer = chooseAnswer(requests++);
    const id = String(posted.headers["webhook-id"]);
    count(answers, answer.status);
    if (answer.status === 200) count(taken, id);
    bodies.set(id, (bodies.get(id) ?? new Set()).add(keepLasting(posted)));
    return answer;
  });
  const partner = await stack.newPartner({ newMailWebhook: endpoint.url });
  const first = await newWebhookUser(stack, partner);
  const members = [first, ...(users > 1 ? await moreUsers(stack, first, users - 1) : [])];
  const published = new Set<string>();
  let turns = 0;
  const publishOne = async () => {
    const { id } = await publishMail(stack, members[turns++ % members.length] ?? first);
    published.add(id);
  };
  return {
    id: partner.id,
    published,
    answers,
    taken,
    bodies,
    async publish(mails) {
      await Promise.all(Array.from({ length: mails }, publishOne));
    },
    [Symbol.asyncDispose]: () => endpoint[Symbol.asyncDispose](),
  };
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function keepLasting({ body }: Posted): string {
  const { timestamp: _, signature: __, ...lasting } = JSON.parse(body);
  return JSON.stringify(lasting);
}
