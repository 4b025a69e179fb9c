import { afterAll, beforeAll } from "vitest";
import {
  startTestAuthorizationServer,
  type TestAuthorizationServer,
} from "../harness/authorization-server.ts";
import { type Browser, newBrowser, type Visit } from "./browser.ts";
import {
  type ConnectingUser,
  type ConnectTest,
  type NewUserOptions,
  useConnect,
} from "./use-connect.ts";

type Choice = Parameters<TestAuthorizationServer["authorize"]>[1];

export interface OAuth2Test extends ConnectTest {
  server(): TestAuthorizationServer;
  /** A user of a provider at the authorization server. */
  newOAuth2User(options?: NewUserOptions & { withoutIdToken?: boolean }): Promise<ConnectingUser>;
  /** From a link to the address that the provider sends the browser back to. */
  consent(browser: Browser, link: string, choice: Choice): Promise<string>;
  /** The whole way. */
  connect(link: string, choice: Choice, browser?: Browser): Promise<Visit>;
}

/** One edge and one real authorization server for the tests of a file. */
export function useOAuth2(): OAuth2Test {
  const base = useConnect();
  let started: TestAuthorizationServer | undefined;
  beforeAll(async () => {
    started = await startTestAuthorizationServer();
  });
  afterAll(() => started?.[Symbol.asyncDispose]());

  const server = () => {
    if (!started) throw new Error("Cannot use the authorization server: it has not started");
    return started;
  };
  const consent: OAuth2Test["consent"] = async (browser, link, choice) => {
    const begun = await browser.open(link);
    if (begun.status !== 303) throw new Error(`The link answered ${begun.status}: ${begun.text}`);
    return server().authorize(begun.location, choice);
  };
  return {
    ...base,
    server,
    async newOAuth2User({ withoutIdToken = false, ...options } = {}) {
      const { client, providerColumns } = server();
      const code = await base.newProvider({ ...providerColumns({ withoutIdToken }) });
      return base.newUser(code, {
        clientSecret: client.secret,
        ...options,
        connection: { oauth2_client_id: client.id, ...options.connection },
      });
    },
    consent,
    connect: async (link, choice, browser = newBrowser()) =>
      browser.open(await consent(browser, link, choice)),
  };
}
