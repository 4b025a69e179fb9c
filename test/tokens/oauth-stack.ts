import {
  startTestAuthorizationServer,
  type TestAuthorizationServer,
} from "../harness/oauth/authorization-server.ts";
import { isDovecotMissing, startDovecot } from "../harness/mail-servers/dovecot/dovecot.ts";
import { startInHouse } from "../harness/mail-servers/in-house-mail-server.ts";
import { introspection } from "../imap-server/sasl/introspection.ts";
import { type FleetStack, startFleetStack } from "../harness/stacks/fleet-stack.ts";
import { type SessionStack, startSessionStack } from "../mailbox/session-stack.ts";

/** A session stack whose mail server accepts the access tokens of a real authorization server. */
export interface OauthStack extends SessionStack {
  oauth: TestAuthorizationServer;
}

/** The mail servers that accept access tokens, for `describe.each`. */
export const OAUTH_MAIL_SERVERS = [
  "the in-house server",
  ...(isDovecotMissing ? [] : ["Dovecot"]),
] as const;

type OauthMailServer = (typeof OAUTH_MAIL_SERVERS)[number];

/**
 * @param startFleet Starts the fleet stack that this stack extends. Pass startOwnFleetStack() if
 * the test stops PostgreSQL.
 */
export async function startOauthStack(mailServer?: OauthMailServer): Promise<OauthStack>;
export async function startOauthStack<Fleet extends FleetStack>(
  mailServer: OauthMailServer,
  startFleet: () => Promise<Fleet>,
): Promise<Fleet & OauthStack>;
export async function startOauthStack(
  mailServer: OauthMailServer = "the in-house server",
  startFleet: () => Promise<FleetStack> = startFleetStack,
): Promise<OauthStack> {
  await using opened = new AsyncDisposableStack();
  const oauth = opened.use(await startTestAuthorizationServer());
  const { endpoints, introspectionClient: client, mailScope } = oauth;
  const options = { introspectUrl: endpoints.introspect, client, mailScope };
  const stack = opened.use(
    await startSessionStack(
      (certificates) =>
        mailServer === "Dovecot"
          ? startDovecot(certificates, { oauth: options })
          : startInHouse(certificates, { oauth2: { check: introspection(options) } }),
      startFleet,
    ),
  );
  const owned = opened.move();
  return { ...stack, oauth, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
