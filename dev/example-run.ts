import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import pg from "pg";
import { inCheckout } from "./checkout.ts";
import { HOST } from "./stack/ports.ts";
import type { StackAddresses } from "./stack/stack-file.ts";

const PORT = 8790;

/**
 * Runs the example application until `signal` aborts. The example acts as the demo partner and
 * registers the first demo mailbox. Meanwhile, the partner's webhooks go to the example, not to
 * the sink.
 *
 * @param onLine Called with each line that the example prints.
 */
export async function runExample(
  stack: StackAddresses,
  { port = PORT, onLine }: { port?: number; onLine(line: string): void },
  signal: AbortSignal,
): Promise<void> {
  const mailbox = stack.users[0];
  if (!mailbox) throw new Error("Cannot run the example: the stack has no users");
  const client = new pg.Client({ connectionString: stack.postgres });
  await client.connect();
  try {
    await sendWebhooksTo(client, stack, `http://${HOST}:${port}`);
    const child = spawn(process.execPath, [inCheckout("examples", "partner-app.ts")], {
      signal,
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        ...process.env,
        SUPERIMAP_URL: stack.edge,
        SUPERIMAP_API_KEY: stack.partner.api_key,
        SUPERIMAP_WEBHOOK_SECRET: stack.partner.webhook_secret,
        PROVIDER: stack.provider,
        USER_TAG: "example",
        PORT: String(port),
        LOGIN_USERNAME: mailbox.login,
        LOGIN_PASSWORD: mailbox.password,
      },
    });
    createInterface({ input: child.stdout }).on("line", onLine);
    const ended = once(child, "close");
    const [code] = await ended.catch((error: unknown) => {
      if (signal.aborted) return [0];
      throw error;
    });
    if (code !== 0 && !signal.aborted) throw new Error(`The example ended with code ${code}`);
  } finally {
    await sendWebhooksTo(client, stack, stack.sink);
    await client.end();
  }
}

/** Changes the URLs of the demo partner's webhooks, and notifies the fleet of the change. */
async function sendWebhooksTo(client: pg.Client, stack: StackAddresses, url: string) {
  await client.query(
    `with partner as (
       update partners set new_mail_webhook = $2::text || '/new_mail',
         user_connected_webhook = $2 || '/user_connected',
         user_disconnected_webhook = $2 || '/user_disconnected',
         user_auth_failed_webhook = $2 || '/user_auth_failed'
       where name = $1 returning id)
     insert into outbox (kind, partner_id, payload) select 'partner_changed', id, '{}' from partner`,
    [stack.partner.name, url],
  );
}
