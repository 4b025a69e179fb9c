import { ImapFlow } from "imapflow";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keepCertificates } from "../../dev/stack/certificates.ts";
import { temporaryFolder } from "../../dev/processes/temporary-folder.ts";
import {
  startTestAuthorizationServer,
  type TestAuthorizationServer,
} from "../harness/oauth/authorization-server.ts";
import { isDovecotMissing, startDovecot } from "../harness/mail-servers/dovecot/dovecot.ts";
import { startInHouse } from "../harness/mail-servers/in-house-mail-server.ts";
import type { MailServer } from "../harness/mail-servers/mail-server.ts";
import { startHidingProxy } from "../harness/network/hiding-proxy.ts";
import { introspection } from "../imap-server/sasl/introspection.ts";
import { RawClient } from "../imap-server/test-client.ts";

const ALICE = { login: "alice@demo.test", password: "secret", address: "alice@demo.test" };
const BOB = { login: "bob@demo.test", password: "secret", address: "bob@demo.test" };

describe.each([
  ["Dovecot", isDovecotMissing],
  ["the in-house server", false],
] as const)("%s", (name, isMissing) => {
  const opened = new AsyncDisposableStack();
  let server: MailServer;
  let oauth: TestAuthorizationServer;

  beforeAll(async () => {
    if (isMissing) return;
    const certificates = await keepCertificates(opened.use(await temporaryFolder()).path);
    oauth = opened.use(
      await startTestAuthorizationServer({ accounts: [ALICE.address, BOB.address] }),
    );
    const { mailScope, introspectionClient: client } = oauth;
    const options = { introspectUrl: oauth.endpoints.introspect, client, mailScope };
    server = opened.use(
      name === "Dovecot"
        ? await startDovecot(certificates, { oauth: options })
        : await startInHouse(certificates, { oauth2: { check: introspection(options) } }),
    );
    await server.addAccount(ALICE);
    await server.addAccount(BOB);
  });
  afterAll(() => opened.disposeAsync());

  /** Logs in. Returns the client's error. Undefined means success. */
  async function logIn(mechanism: string, user: string, accessToken: string) {
    const hidden = mechanism === "XOAUTH2" ? ["AUTH=OAUTHBEARER"] : ["AUTH=XOAUTH2"];
    await using proxy = await startHidingProxy(server, hidden);
    const client = new ImapFlow({
      host: server.host,
      port: proxy.port,
      secure: false,
      doSTARTTLS: false,
      auth: { user, accessToken },
      logger: false,
    });
    client.on("error", () => undefined);
    try {
      await client.connect();
      await client.mailboxOpen("INBOX");
      return undefined;
    } catch (error) {
      return error;
    } finally {
      client.close();
    }
  }

  describe.skipIf(isMissing).each(["XOAUTH2", "OAUTHBEARER"])("%s", (mechanism) => {
    test("an access token opens its account", async () => {
      const token = await oauth.grantAccessToken(ALICE.address);
      expect(await logIn(mechanism, ALICE.login, token)).toBeUndefined();
    });

    test("a token that is dead, or another account's, is refused in the form of the mechanism", async () => {
      const token = await oauth.grantAccessToken(ALICE.address);
      const refused = { authenticationFailed: true, oauthError: { status: expect.anything() } };
      expect(await logIn(mechanism, BOB.login, token)).toMatchObject(refused);
      await oauth.expireAccessTokens(ALICE.address);
      expect(await logIn(mechanism, ALICE.login, token)).toMatchObject(refused);
      expect(await logIn(mechanism, ALICE.login, "made-up")).toMatchObject(refused);
    });

    test("a response without the mechanism's form is not a login", async () => {
      using client = new RawClient(server);
      const response = Buffer.from("nonsense").toString("base64");
      const command = `a AUTHENTICATE ${mechanism} ${response}\r\n`;
      const answer = await client.exchange(command, /^(a |\+ ).*\r\n/m);
      expect(answer).not.toMatch(/^a OK/m);
    });
  });

  test.skipIf(isMissing)("a token without the mail scope cannot log in", async () => {
    const token = await oauth.grantAccessToken(ALICE.address, {
      withoutScopes: [oauth.mailScope],
    });
    expect(await logIn("XOAUTH2", ALICE.login, token)).toMatchObject({
      authenticationFailed: true,
    });
  });

  test.skipIf(isMissing)("a password still opens an account", async () => {
    using client = new RawClient(server);
    const { login, password } = ALICE;
    expect(await client.exchange(`a LOGIN ${login} ${password}\r\n`, /^a .*\r\n/m)).toMatch(
      /^a OK/m,
    );
  });
});
