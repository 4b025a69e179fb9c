import { afterAll, beforeAll, beforeEach } from "vitest";
import type { CheckTokenLoginAnswer } from "../../shared/commands.ts";
import { startAnsweringFleet } from "../edge/answering-fleet.ts";
import {
  startTestAuthorizationServer,
  type TestAuthorizationServer,
} from "../harness/oauth/authorization-server.ts";
import { type Browser, newBrowser, type Visit } from "./browser.ts";
import {
  type ConnectingUser,
  type ConnectTest,
  type NewUserOptions,
  useConnect,
} from "./use-connect.ts";

type Choice = Parameters<TestAuthorizationServer["authorize"]>[1];

/** A simulated fleet, which answers the edge's command to try a login. */
export interface AskedFleet {
  /** The login names of each received command, oldest command first. */
  asked: string[][];
  answer: (usernames: readonly string[]) => CheckTokenLoginAnswer | Promise<CheckTokenLoginAnswer>;
  /** Stops the simulated fleet, so that it answers no more commands. */
  stop(): Promise<void>;
}

const acceptFirst: AskedFleet["answer"] = ([username = ""]) => ({ result: "accepted", username });

export interface OAuth2Test extends ConnectTest {
  server(): TestAuthorizationServer;
  /** The simulated fleet. By default, it accepts the first login name of each command. */
  fleet: AskedFleet;
  /** Creates a user whose provider uses the authorization server of this test. */
  newOAuth2User(options?: NewUserOptions & { withoutIdToken?: boolean }): Promise<ConnectingUser>;
  /**
   * Presses the button of the link's page, and answers on the provider's consent page. Returns the
   * address to which the provider then redirects the browser.
   */
  consent(browser: Browser, link: string, choice: Choice): Promise<string>;
  /**
   * Presses the button of the link's page, answers on the provider's consent page, and opens the
   * callback. Returns the callback's answer.
   */
  connect(link: string, choice: Choice, browser?: Browser): Promise<Visit>;
}

/** Starts one edge and one real authorization server for all tests of a file. */
export function useOAuth2(): OAuth2Test {
  const base = useConnect();
  let started: TestAuthorizationServer | undefined;
  const opened = new AsyncDisposableStack();
  let answering: AsyncDisposable | undefined;
  const fleet: AskedFleet = {
    asked: [],
    answer: acceptFirst,
    stop: async () => answering?.[Symbol.asyncDispose](),
  };
  beforeAll(async () => {
    started = opened.use(await startTestAuthorizationServer());
    answering = startAnsweringFleet(base.stack(), { check_token_login: answerLogin });
    opened.use(answering);
  });
  beforeEach(() => Object.assign(fleet, { asked: [], answer: acceptFirst }));
  afterAll(() => opened.disposeAsync());

  async function answerLogin({ usernames }: { usernames: string[] }) {
    fleet.asked.push(usernames);
    return fleet.answer(usernames);
  }

  const server = () => {
    if (!started) throw new Error("Cannot use the authorization server: it has not started");
    return started;
  };
  const consent: OAuth2Test["consent"] = async (browser, link, choice) => {
    const begun = await browser.submit(link, {});
    if (begun.status !== 303) throw new Error(`The link answered ${begun.status}: ${begun.text}`);
    return server().authorize(begun.location, choice);
  };
  return {
    ...base,
    server,
    fleet,
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
