import { createHmac } from "node:crypto";
import OAuth from "oauth-1.0a";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startInHouse } from "../harness/mail-servers/in-house-mail-server.ts";
import { keepCertificates } from "../../dev/stack/certificates.ts";
import { temporaryFolder } from "../../dev/processes/temporary-folder.ts";
import { type Oauth1Server, startOauth1Server } from "../oauth1-server/oauth1-server.ts";
import { RawClient } from "../imap-server/test-client.ts";

const ALICE = "alice@demo.test";
const BOB = "bob@demo.test";
const CALLBACK = "http://127.0.0.1:4711/oauth1/callback?a=b";

let server: Oauth1Server;
beforeAll(async () => {
  server = await startOauth1Server({ accounts: [ALICE, BOB] });
});
afterAll(() => server[Symbol.asyncDispose]());

const signer = (secret: string) =>
  new OAuth({
    consumer: { key: server.consumer.key, secret },
    signature_method: "HMAC-SHA1",
    hash_function: (base, key) => createHmac("sha1", key).update(base).digest("base64"),
  });

interface Sent {
  data: Record<string, string>;
  token?: { key: string; secret: string };
  consumerSecret?: string;
  /** Parameters that are replaced after the request was signed. */
  altered?: Record<string, string>;
}

async function post(url: string, { data, token, consumerSecret, altered }: Sent) {
  const oauth = signer(consumerSecret ?? server.consumer.secret);
  const signed = oauth.authorize({ url, method: "POST", data: { ...data } }, token);
  const shown = Object.entries({ ...data, ...altered });
  const isOauth = ([name]: [string, string]) => name.startsWith("oauth_");
  const header = oauth.toHeader({ ...signed, ...Object.fromEntries(shown.filter(isOauth)) });
  const body = new URLSearchParams(shown.filter((one) => !isOauth(one)));
  const send = async () => {
    const response = await fetch(url, { method: "POST", headers: { ...header }, body });
    const form = Object.fromEntries(new URLSearchParams(await response.text()));
    return { status: response.status, form };
  };
  return { ...(await send()), again: send };
}

const askRequestToken = (more: Partial<Sent> = {}) =>
  post(server.endpoints.requestToken, {
    data: { oauth_callback: CALLBACK, scope: "https://mail.demo.test/" },
    ...more,
  });

async function allowedToken(email: string) {
  const { form } = await askRequestToken();
  const token = { key: form["oauth_token"] ?? "", secret: form["oauth_token_secret"] ?? "" };
  const url = `${server.endpoints.authorize}?oauth_token=${token.key}`;
  const back = new URL(await server.authorize(url, { email }));
  return { token, back, data: { oauth_verifier: back.searchParams.get("oauth_verifier") ?? "" } };
}

test("the three legs lead to a token and the address, once", async () => {
  const { token, back, data } = await allowedToken(ALICE);
  expect(back.href).toContain(`${CALLBACK}&oauth_token=${token.key}&oauth_verifier=`);
  const { status, form } = await post(server.endpoints.accessToken, { data, token });
  expect([status, form["email"]]).toEqual([200, ALICE]);
  expect(form["oauth_token"]).not.toBe(token.key);
  const repeated = await post(server.endpoints.accessToken, { data, token });
  expect(repeated.status).toBe(401);
});

test("a refusal is sent back as denied, and ends the request token", async () => {
  const { form } = await askRequestToken();
  const url = `${server.endpoints.authorize}?oauth_token=${form["oauth_token"]}`;
  expect(await server.authorize(url, { email: ALICE, refuse: true })).toBe(
    `${CALLBACK}&denied=${form["oauth_token"]}`,
  );
  await expect(server.authorize(url, { email: ALICE })).rejects.toThrow("404");
});

test("a request token needs a signature over the whole request, and a nonce works once", async () => {
  expect((await askRequestToken({ consumerSecret: "wrong" })).status).toBe(401);
  expect((await askRequestToken({ altered: { scope: "other" } })).status).toBe(401);
  expect((await askRequestToken({ data: {} })).status).toBe(400);
  const { form, again } = await askRequestToken();
  expect(form["oauth_callback_confirmed"]).toBe("true");
  expect((await again()).status).toBe(401);
});

test("an access token needs the verifier and the secret of the request token", async () => {
  const { token, data } = await allowedToken(ALICE);
  const url = server.endpoints.accessToken;
  const wrongSecret = await post(url, { data, token: { ...token, secret: "wrong" } });
  const wrongVerifier = await post(url, { data: { oauth_verifier: "wrong" }, token });
  const unknown = await post(url, { data, token: { key: "unknown", secret: "" } });
  const answers = [wrongSecret, wrongVerifier, unknown];
  expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
  expect((await fetch(url, { method: "POST" })).status).toBe(400);
});

test("XOAUTH opens the account of the token, and no other, until it is withdrawn", async () => {
  await using folder = await temporaryFolder();
  await using mail = await startInHouse(await keepCertificates(folder.path), {
    oauth1: { check: server.checkXoauth },
  });
  for (const address of [ALICE, BOB])
    await mail.addAccount({ login: address, password: "secret", address });
  const { token: key, secret } = server.grantToken(ALICE);
  const logIn = async (email: string, tokenSecret = secret) => {
    const url = `https://mail.google.com/mail/b/${email}/imap/`;
    const oauth = signer(server.consumer.secret);
    const signed = oauth.authorize({ url, method: "GET" }, { key, secret: tokenSecret });
    const pairs = oauth.toHeader(signed).Authorization.slice("OAuth ".length);
    const response = Buffer.from(`GET ${url} ${pairs}`).toString("base64");
    using client = new RawClient(mail);
    const answer = await client.exchange(`a AUTHENTICATE XOAUTH ${response}\r\n`, /^a .*\r\n/m);
    return /^a (OK|NO \S+|BAD)/m.exec(answer)?.[1];
  };
  expect(await logIn(ALICE)).toBe("OK");
  expect(await logIn(BOB)).toBe("NO [AUTHENTICATIONFAILED]");
  expect(await logIn(ALICE, "wrong")).toBe("NO [AUTHENTICATIONFAILED]");
  server.withdraw(ALICE);
  expect(await logIn(ALICE)).toBe("NO [AUTHENTICATIONFAILED]");
});
