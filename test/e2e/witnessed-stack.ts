import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import type { DemoUser } from "../../dev/stack/keys.ts";
import { type Stack, startStack } from "../../dev/stack/stack.ts";
import { temporaryFolder } from "../../dev/processes/temporary-folder.ts";
import { type Browser, newBrowser } from "../connect/browser.ts";
import { type ApiCaller, createApiCaller } from "../harness/api-caller.ts";
import { newWitness, type Witness } from "./witness.ts";

/** The whole product. Witnesses search its answers, webhooks and logs for secrets. */
export interface WitnessedStack extends AsyncDisposable {
  stack: Stack;
  /** A mail account that does not belong to any user yet. */
  mailbox: DemoUser;
  /** Secrets. They must not appear in any answer, page, address, webhook or log. */
  secrets: Witness;
  /** Links and OAuth codes. They may appear in addresses, but not in logs. */
  passes: Witness;
  api: ApiCaller;
  browser: Browser;
  /**
   * Makes the witnesses search for all tokens and codes that the authorization server has issued so
   * far. Returns the refresh tokens.
   */
  plantTokens(): Promise<string[]>;
  /** Passes all logs and webhooks to the witnesses. Returns the logs. */
  look(): Promise<string>;
}

const privateKeys = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ keys: v.array(v.object({ d: v.optional(v.string()), k: v.optional(v.string()) })) }),
);
const issued = v.array(v.object({ key: v.string() }));

export async function startWitnessedStack(): Promise<WitnessedStack> {
  await using opened = new AsyncDisposableStack();
  const { path } = opened.use(await temporaryFolder());
  const mailbox = {
    tag: "canary",
    login: "canary",
    password: randomUUID(),
    address: "c@demo.test",
  };
  const fleetEnv = { LOG_LEVEL: "debug" };
  const stack = opened.use(await startStack({ directory: path, accounts: [mailbox], fleetEnv }));
  const secrets = newWitness();
  const passes = newWitness();
  plantKeys(secrets, stack, mailbox);

  const call = createApiCaller(stack.addresses.edge, stack.addresses.partner.api_key);
  const api: ApiCaller = async (method, route, request) => {
    const answer = await call(method, route, request);
    const headers = JSON.stringify([...answer.headers]);
    secrets.see(`the answer of ${method} ${route}`, `${headers}\n${answer.text}`);
    return answer;
  };

  const owned = opened.move();
  return {
    stack,
    mailbox,
    secrets,
    passes,
    api,
    browser: witnessed(newBrowser(), { secrets, passes }),
    async plantTokens() {
      const file = await readFile(join(path, "oauth", "tokens.json"), "utf8");
      const tokens = v
        .parse(issued, JSON.parse(file))
        .map(({ key }) => ({ kind: key.split(":")[0] ?? "", token: key.split(":")[1] ?? "" }));
      for (const { kind, token } of tokens) {
        if (kind.endsWith("Token")) secrets.plant(kind, token);
        if (kind.endsWith("Code")) passes.plant(kind, token);
      }
      return tokens.filter(({ kind }) => kind === "RefreshToken").map(({ token }) => token);
    },
    async look() {
      for (const { path: hook, headers, body } of stack.sink.received(0)) {
        secrets.see(`the webhook ${hook}`, `${JSON.stringify(headers)}\n${body}`);
      }
      const logs = join(path, "logs");
      const texts: string[] = [];
      for (const name of await readdir(logs)) {
        const text = await readFile(join(logs, name), "utf8");
        for (const witness of [secrets, passes]) witness.see(name, text);
        texts.push(text);
      }
      return texts.join("\n");
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function plantKeys(secrets: Witness, { keys, addresses }: Stack, mailbox: DemoUser): void {
  secrets.plant("the API key", addresses.partner.api_key);
  secrets.plant("the webhook secret", addresses.partner.webhook_secret);
  secrets.plant("the client secret", keys.oauth.client.secret);
  secrets.plant("the mail server's client secret", keys.oauth.introspection_client.secret);
  secrets.plant("PostgreSQL's password", keys.postgres_password);
  for (const { tag, password } of [...keys.users, mailbox]) {
    secrets.plant(`the password of ${tag}`, password);
  }
  for (const ring of [keys.mailbox_private_keys, keys.partner_keys]) {
    for (const { d, k } of v.parse(privateKeys, ring).keys) {
      secrets.plant("a key of a ring", d ?? k ?? "");
    }
  }
}

/**
 * Returns a browser that records what it visits: it adds the links and codes in addresses to
 * `passes`, and lets `secrets` search each page.
 */
function witnessed(
  browser: Browser,
  { secrets, passes }: Record<"secrets" | "passes", Witness>,
): Browser {
  const note = (url: string) => {
    const { pathname, searchParams } = new URL(url);
    const [, purpose, token] = pathname.split("/");
    if (purpose === "connect" || purpose === "disconnect") passes.plant("a link", token ?? "");
    for (const name of ["code", "state"]) {
      const value = searchParams.get(name);
      if (value !== null) passes.plant(`a ${name}`, value);
    }
  };
  const shown = async (url: string, visiting: ReturnType<Browser["open"]>) => {
    note(url);
    const visit = await visiting;
    const { status, headers, text } = visit;
    secrets.see(`the page with status ${status}`, `${url}\n${JSON.stringify(headers)}\n${text}`);
    return visit;
  };
  return {
    open: (url) => shown(url, browser.open(url)),
    submit: (url, fields, headers) => shown(url, browser.submit(url, fields, headers)),
  };
}
