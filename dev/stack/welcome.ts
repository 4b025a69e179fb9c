import * as v from "valibot";
import { inCheckout } from "../checkout.ts";
import type { DemoUser } from "./keys.ts";
import { DEFAULT_ADMIN } from "../seed/seed-admin.ts";
import { TRACER_ENV, TRACER_TAG } from "../seed/seed-tracer.ts";
import type { Received } from "../sink/sink-inbox.ts";
import type { StackAddresses } from "./stack-file.ts";

/** What a developer can connect after the start: a mailbox, and an account of the demo provider. */
export interface Unconnected {
  spare: DemoUser;
  /** The link with which a person connects an account of the demo provider. */
  connectUrl: string;
}

/** Returns the text that is printed when a stack has started. */
export function welcome(stack: StackAddresses, { spare, connectUrl }: Unconnected): string {
  const { edge, sink, imap, smtp, partner, provider, oauth } = stack;
  const key = `-H 'x-api-key: ${partner.api_key}'`;
  const user = JSON.stringify({
    tag: spare.tag,
    login_username: spare.login,
    login_password: spare.password,
  });
  const table = [
    ["API", `${edge}/api/v1   (OpenAPI: ${edge}/api/v1/openapi.json)`],
    ["Admin pages", `${edge}/admin/   (${DEFAULT_ADMIN.email} / ${DEFAULT_ADMIN.password})`],
    ["Webhooks", `${sink}   (a page to look at)`],
    ["IMAP", `${imap.host}:${imap.port}, TLS ${imap.host}:${imap.tls_port}`],
    ["SMTP", `${smtp.host}:${smtp.port}`],
    ["PostgreSQL", stack.postgres],
    ["NATS", stack.nats],
    ["OAuth server", oauth.issuer],
    ["API key", partner.api_key],
    ["Webhook secret", partner.webhook_secret],
    ["Mailboxes", stack.users.map(({ address }) => address).join(", ")],
    [
      "Tracers",
      `to ${TRACER_TAG} every ${TRACER_ENV.TRACER_INTERVAL} s; how long they took: ${edge}/admin/tracers`,
    ],
    ["Logs", inCheckout(".dev", "logs")],
  ];
  return `
${table.map(([name = "", value]) => `  ${name.padEnd(16)}${value}`).join("\n")}

For the commands of README.md and docs/api.md (the password is the one of the mailbox ${spare.login}):

  export EDGE=${edge} KEY=${partner.api_key} PASSWORD=${spare.password}

Add a mailbox of your own (${spare.address} waits for it):

  curl ${edge}/api/v1/connections/${provider}/users \\
    ${key} -H 'content-type: application/json' -d '${user}'

Or connect one in a browser (${oauth.accounts.join(" or ")}; the link works for half an hour, a new
one is the connect_url of ${edge}/api/v1/connections/${oauth.provider}/users/${oauth.tag}):

  ${connectUrl}

Send it a mail, and see its webhook below:

  printf 'From: you@demo.test\\nTo: ${spare.address}\\nSubject: Hello\\n\\nIt works.\\n' |
    curl smtp://${smtp.host}:${smtp.port} --crlf --mail-from you@demo.test --mail-rcpt ${spare.address} -T -

Ctrl-C stops everything. The next start keeps the data; npm start -- --fresh starts from scratch.
`;
}

const shownBody = v.object({
  user_tag: v.optional(v.string(), "-"),
  envelope: v.optional(v.object({ subject: v.nullable(v.string()) })),
});

/** Returns a line about a received webhook. */
export function formatReceived({ received_at, path, body, verified, headers }: Received): string {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), shownBody), body);
  const { user_tag, envelope } = parsed.success ? parsed.output : { user_tag: "-" };
  const time = received_at.slice(11, 23);
  const mark = verified ? "✓ verified" : "✗ NOT VERIFIED";
  const subject = envelope ? JSON.stringify(envelope.subject) : "";
  return [time, mark, path, user_tag, String(headers["webhook-id"] ?? "-"), subject].join("  ");
}
