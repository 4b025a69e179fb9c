import * as v from "valibot";
import type { Received } from "../../dev/sink/sink-inbox.ts";
import { eventually } from "../harness/eventually.ts";
import type { MailAccount, MailServer } from "../harness/mail-servers/mail-server.ts";

/** A user of the demo partner, and its mail account. */
export interface ProductUser extends MailAccount {
  tag: string;
  /** The user's path in the API. */
  path: string;
  /** Waits until the API shows this state of the user. Returns the user. */
  is(state: string, timeoutMs?: number): Promise<ShownUser>;
  deliver(raw: Uint8Array | string): Promise<void>;
  /** Returns the webhooks that the user's mail has caused so far, oldest first. */
  webhooks(): MailWebhook[];
  /** Waits until the user's mail has caused this many webhooks. Returns them. */
  receives(count: number, timeoutMs?: number): Promise<MailWebhook[]>;
}

const shownUser = v.object({ state: v.string(), state_reason: v.nullish(v.string()) });
type ShownUser = v.InferOutput<typeof shownUser>;

export const mailBody = v.looseObject({
  user_tag: v.string(),
  sha1: v.string(),
  rfc822: v.string(),
  envelope: v.record(v.string(), v.unknown()),
});

export interface MailWebhook extends Received {
  /** The `webhook-id` header. */
  id: string;
  mail: v.InferOutput<typeof mailBody>;
}

/** Calls the API. Rejects if the status is not a success. */
export type Call = (method: string, path: string, body?: unknown) => Promise<unknown>;

export interface ProductUserDeps {
  server: MailServer;
  call: Call;
  listWebhooks(tag: string): MailWebhook[];
}

const WEBHOOK_TIMEOUT_MS = 60_000;

/** Creates an account on the mail server, and a user for this account in a connection. */
export async function newProductUser(
  { server, call, listWebhooks }: ProductUserDeps,
  connection: string,
  tag: string,
): Promise<ProductUser> {
  const account = { login: tag, password: `pass-${tag}`, address: `${tag}@example.com` };
  await server.addAccount(account);
  const users = `/connections/${connection}/users`;
  await call("POST", users, {
    tag,
    email: account.address,
    login_username: account.login,
    login_password: account.password,
  });
  const path = `${users}/${tag}`;
  const inState = async (state: string) => {
    const user = v.parse(shownUser, await call("GET", path));
    return user.state === state ? user : undefined;
  };
  const atLeast = (count: number) => {
    const webhooks = listWebhooks(tag);
    return webhooks.length >= count ? webhooks : undefined;
  };
  return {
    ...account,
    tag,
    path,
    is: (state, timeoutMs) => eventually(`${tag} to be ${state}`, () => inState(state), timeoutMs),
    deliver: (raw) => server.deliver(account.address, raw),
    webhooks: () => listWebhooks(tag),
    receives: (count, timeoutMs = WEBHOOK_TIMEOUT_MS) =>
      eventually(`${count} webhooks of ${tag}`, () => atLeast(count), timeoutMs),
  };
}
