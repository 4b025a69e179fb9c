import { dirname } from "node:path";
import pg from "pg";
import * as v from "valibot";
import { keepCertificates } from "../../dev/certificates.ts";
import type { Received } from "../../dev/sink-inbox.ts";
import { type Stack, type StackOptions, startStack } from "../../dev/stack.ts";
import { type ApiClient, apiClient } from "../harness/api-client.ts";
import { startDovecot } from "../harness/dovecot.ts";
import { eventually } from "../harness/eventually.ts";
import type { MailAccount, MailServer } from "../harness/mail-server.ts";

/** The whole product, with a Dovecot as one more provider of the demo partner. */
export interface Product extends AsyncDisposable {
  stack: Stack;
  dovecot: MailServer;
  api: ApiClient;
  query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** An account at Dovecot, and a user for it, both new. */
  addUser(): Promise<ProductUser>;
  /** Makes the partner's endpoint for new mail fail so many times. */
  failWebhooks(status: number, times: number): Promise<void>;
}

export interface ProductUser extends MailAccount {
  tag: string;
  /** Path of the user in the API. */
  path: string;
  shown(): Promise<ShownUser>;
  /** Waits until the API shows that state. */
  is(state: string, timeoutMs?: number): Promise<ShownUser>;
  deliver(raw: Uint8Array | string): Promise<void>;
  /** Webhooks for its mail so far, oldest first. */
  webhooks(): MailWebhook[];
  /** Waits for so many of them. */
  receives(count: number, timeoutMs?: number): Promise<MailWebhook[]>;
}

const shownUser = v.object({ state: v.string(), state_reason: v.nullish(v.string()) });
type ShownUser = v.InferOutput<typeof shownUser>;

const mailWebhook = v.looseObject({
  user_tag: v.string(),
  sha1: v.string(),
  rfc822: v.string(),
  envelope: v.record(v.string(), v.unknown()),
});
interface MailWebhook extends Received {
  /** Its `webhook-id`. */
  id: string;
  mail: v.InferOutput<typeof mailWebhook>;
}

const PROVIDER = "DOVECOT";

export async function startProduct(options: StackOptions = {}): Promise<Product> {
  await using opened = new AsyncDisposableStack();
  const stack = opened.use(await startStack(options));
  const { addresses, sink } = stack;
  const certificates = await keepCertificates(dirname(addresses.imap.ca_file));
  const dovecot = opened.use(await startDovecot(certificates));
  const pool = new pg.Pool({ connectionString: addresses.postgres, max: 2 });
  pool.on("error", () => undefined);
  opened.defer(() => pool.end());
  const query: Product["query"] = async (sql, values) => (await pool.query(sql, values)).rows;
  const api = apiClient(addresses.edge, addresses.partner.api_key);
  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await api(method, path, { body });
    if (answer.status < 300) return answer.body;
    throw new Error(`Cannot ${method} ${path}: it was answered ${answer.status} ${answer.text}`);
  };

  const received = new Map<string, MailWebhook[]>();
  const webhooksOf = (tag: string) => received.get(tag) ?? [];
  const closing = new AbortController();
  opened.defer(() => closing.abort());
  sink.listen((webhook) => {
    if (webhook.path !== "/new_mail") return;
    const mail = v.parse(mailWebhook, JSON.parse(webhook.body));
    const id = String(webhook.headers["webhook-id"]);
    received.set(mail.user_tag, [...webhooksOf(mail.user_tag), { ...webhook, id, mail }]);
  }, closing.signal);

  await query(
    `insert into imap_providers (id, code, title, kind, imap_host, imap_port, imap_security)
     values ('prv_dovecot', $1, 'Dovecot', 'plain', $2, $3, 'tls')`,
    [PROVIDER, dovecot.host, dovecot.tlsPort],
  );
  await call("POST", "/connections", { imap_provider_code: PROVIDER });
  let count = 0;

  const owned = opened.move();
  return {
    stack,
    dovecot,
    api,
    query,
    async addUser() {
      const tag = `user${++count}`;
      const account = { login: tag, password: `pass-${tag}`, address: `${tag}@example.com` };
      await dovecot.addAccount(account);
      const { login: login_username, password: login_password, address: email } = account;
      const users = `/connections/${PROVIDER}/users`;
      await call("POST", users, { tag, email, login_username, login_password });
      const shown = async () => v.parse(shownUser, await call("GET", `${users}/${tag}`));
      return {
        ...account,
        tag,
        path: `${users}/${tag}`,
        shown,
        is: (state, timeoutMs) =>
          eventually(
            `${tag} to be ${state}`,
            async () => {
              const user = await shown();
              return user.state === state ? user : undefined;
            },
            timeoutMs,
          ),
        deliver: (raw) => dovecot.deliver(account.address, raw),
        webhooks: () => webhooksOf(tag),
        receives: (wanted, timeoutMs = 15_000) =>
          eventually(
            `${wanted} webhooks of ${tag}`,
            () => {
              const webhooks = webhooksOf(tag);
              return webhooks.length >= wanted ? webhooks : undefined;
            },
            timeoutMs,
          ),
      };
    },
    async failWebhooks(status, times) {
      const body = JSON.stringify({ status, times, path: "/new_mail" });
      await fetch(`${addresses.sink}/behave`, { method: "POST", body });
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
