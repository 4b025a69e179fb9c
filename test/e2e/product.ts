import { dirname } from "node:path";
import pg from "pg";
import * as v from "valibot";
import { keepCertificates } from "../../dev/stack/certificates.ts";
import type { Sink } from "../../dev/sink/sink.ts";
import { type Stack, type StackOptions, startStack } from "../../dev/stack/stack.ts";
import { type ApiCaller, createApiCaller } from "../harness/api-caller.ts";
import { startDovecot } from "../harness/mail-servers/dovecot/dovecot.ts";
import type { MailServer } from "../harness/mail-servers/mail-server.ts";
import {
  type Call,
  mailBody,
  type MailWebhook,
  newProductUser,
  type ProductUser,
} from "./product-user.ts";

/** The whole product, and a Dovecot server. The demo partner has a connection to this server. */
export interface Product extends AsyncDisposable {
  stack: Stack;
  dovecot: MailServer;
  api: ApiCaller;
  query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** Creates an account in Dovecot, and a user for this account. */
  addUser(): Promise<ProductUser>;
  /**
   * Makes the partner's endpoint answer the next `times` webhooks for new mail with this status.
   */
  failWebhooks(status: number, times: number): Promise<void>;
}

const PROVIDER = "DOVECOT";
const MAIL_PATH = "/new_mail";

export async function startProduct(options: StackOptions = {}): Promise<Product> {
  await using opened = new AsyncDisposableStack();
  const stack = opened.use(await startStack(options));
  const { addresses, sink } = stack;
  const certificates = await keepCertificates(dirname(addresses.imap.ca_file));
  const dovecot = opened.use(await startDovecot(certificates));
  const pool = new pg.Pool({ connectionString: addresses.postgres, max: 2 });
  pool.on("error", () => undefined);
  opened.defer(() => pool.end());
  await pool.query(
    `insert into imap_providers (id, code, title, kind, imap_host, imap_port, imap_security)
     values ('prv_dovecot', $1, 'Dovecot', 'plain', $2, $3, 'tls')`,
    [PROVIDER, dovecot.host, dovecot.tlsPort],
  );

  const api = createApiCaller(addresses.edge, addresses.partner.api_key);
  const call: Call = async (method, path, body) => {
    const answer = await api(method, path, { body });
    if (answer.status < 300) return answer.body;
    throw new Error(`Cannot ${method} ${path}: it was answered ${answer.status} ${answer.text}`);
  };
  await call("POST", "/connections", { imap_provider_code: PROVIDER });
  const closing = new AbortController();
  opened.defer(() => closing.abort());
  const listWebhooks = sortWebhooks(sink, closing.signal);
  let users = 0;

  const owned = opened.move();
  return {
    stack,
    dovecot,
    api,
    query: async (sql, values) => (await pool.query(sql, values)).rows,
    addUser: () =>
      newProductUser({ server: dovecot, call, listWebhooks }, PROVIDER, `user${++users}`),
    async failWebhooks(status, times) {
      const body = JSON.stringify({ status, times, path: MAIL_PATH });
      await fetch(`${addresses.sink}/behave`, { method: "POST", body });
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/**
 * Groups the webhooks for new mail by user tag. Returns a function that lists one user's webhooks.
 */
function sortWebhooks(sink: Sink, signal: AbortSignal): (tag: string) => MailWebhook[] {
  const byTag = new Map<string, MailWebhook[]>();
  sink.listen((webhook) => {
    if (webhook.path !== MAIL_PATH) return;
    const mail = v.parse(mailBody, JSON.parse(webhook.body));
    const id = String(webhook.headers["webhook-id"]);
    byTag.set(mail.user_tag, [...(byTag.get(mail.user_tag) ?? []), { ...webhook, id, mail }]);
  }, signal);
  return (tag) => byTag.get(tag) ?? [];
}
