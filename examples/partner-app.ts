/**
 * A partner's application in one file. It registers a user, prints the link where the user connects
 * the account, and prints each new mail once, if the webhook's signature is valid.
 *
 *   SUPERIMAP_URL, SUPERIMAP_API_KEY, SUPERIMAP_WEBHOOK_SECRET   as the partner got them
 *   PROVIDER                            code of the provider: GMAIL_OAUTH2, PLAIN …
 *   USER_TAG                            our own name for the user
 *   PORT                                the local port that receives the webhooks
 *   LOGIN_USERNAME, LOGIN_PASSWORD      plain accounts only: connects without a browser
 */
import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { DetailedError, parseResponse } from "hono/client";
import { apiClient } from "../client/api-client.ts";
import { verifyWebhook, WebhookRefused } from "../client/verify-webhook.ts";
import type { MailPayload, WebhookPayload } from "../client/webhook-payload.ts";

const api = apiClient({ url: setting("SUPERIMAP_URL"), apiKey: setting("SUPERIMAP_API_KEY") });
const secrets = [setting("SUPERIMAP_WEBHOOK_SECRET")];
const code = setting("PROVIDER");
const tag = setting("USER_TAG");
const users = api.connections[":code"].users;

/**
 * The ids of the handled events: an event may be delivered again, under the same id. A real
 * application stores the ids in its database.
 */
const handled = new Set<string>();

const server = createServer((request, response) => {
  void takeWebhook(request).then((status) => response.writeHead(status).end());
});
server.listen(Number(setting("PORT")), "127.0.0.1");

await unlessThere(api.connections.$post({ json: { imap_provider_code: code } }));
await unlessThere(users.$post({ param: { code }, json: { tag, ...login() } }));
const user = await parseResponse(users[":tag"].$get({ param: { code, tag } }));
console.log(`${tag} is ${user.state}`);
// The user opens this link in a browser. Add ?success=…&failure=… to choose where the browser is
// redirected afterwards.
if (user.connect_url && !user.connected_at) console.log(`Connect the account: ${user.connect_url}`);

/**
 * Handles a webhook and returns the status to answer with. After 400 or 500, the event is delivered
 * again.
 */
async function takeWebhook(request: IncomingMessage): Promise<number> {
  try {
    const body = await text(request);
    const { id, payload } = await verifyWebhook({ headers: request.headers, body }, { secrets });
    if (!handled.has(id)) console.log(describePayload(payload));
    handled.add(id);
    return 204;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return error instanceof WebhookRefused ? 400 : 500;
  }
}

function describePayload(payload: WebhookPayload): string {
  const { user_tag } = payload;
  switch (payload.kind) {
    case "new_mail":
      return `${user_tag} has mail: ${payload.envelope?.subject ?? "(no subject)"}\n${readText(payload)}`;
    case "user_connected":
      return `${user_tag} is connected as ${payload.email ?? "?"}`;
    case "user_disconnected":
      return `${user_tag} is disconnected`;
    case "user_auth_failed":
      return `${user_tag} must connect again (${payload.reason}): ${payload.connect_url ?? ""}`;
    case "test":
      return "A test: this endpoint can be reached";
  }
}

/**
 * Returns the text to print for a mail. In the payload format `parsed`, that is the reply text or
 * the HTML; in the others, the whole mail.
 */
function readText(mail: MailPayload): string {
  switch (mail.format) {
    case "superimap":
      return mail.rfc822;
    case "raw":
      return Buffer.from(mail.rfc822_base64, "base64").toString();
    case "parsed":
      return mail.reply_text ?? mail.html ?? "";
  }
}

/**
 * Waits for a request that creates a connection or a user. A conflict is no error: the connection
 * or user exists already.
 */
async function unlessThere(asked: Parameters<typeof parseResponse>[0]): Promise<void> {
  try {
    await parseResponse(asked);
  } catch (error) {
    if (!(error instanceof DetailedError) || error.statusCode !== 409) throw error;
  }
}

function login() {
  const { LOGIN_USERNAME: username, LOGIN_PASSWORD: password } = process.env;
  return username && password ? { login_username: username, login_password: password } : {};
}

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`Cannot start: ${name} is not set`);
  return value;
}
