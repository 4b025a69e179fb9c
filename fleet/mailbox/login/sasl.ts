import type { AuthOptions, ImapFlow } from "imapflow";
import type { Credentials } from "./account.ts";
import { xoauthRequest } from "./xoauth.ts";

/** What the library logs in with. A response of XOAUTH stands in the place of an access token. */
export function authOptionsOf(credentials: Credentials): AuthOptions {
  const user = credentials.username;
  switch (credentials.kind) {
    case "password":
      return { user, pass: credentials.password };
    case "oauth2":
      return { user, accessToken: credentials.accessToken };
    case "oauth1":
      return { user, accessToken: Buffer.from(xoauthRequest(credentials)).toString("base64") };
  }
}

/** The library's way of logging in with SASL. */
type Authenticate = (
  connection: unknown,
  username: string,
  secrets: { accessToken?: string },
) => Promise<unknown>;

/**
 * Has the library use the mechanism that is wanted: by itself it takes OAUTHBEARER wherever that is
 * offered, and knows nothing of XOAUTH. Its table of commands is not in its types; should it go, it
 * chooses by itself again.
 */
export function useMechanism(client: ImapFlow, credentials: Credentials): void {
  const commands: unknown = Reflect.get(client, "commands");
  if (!(commands instanceof Map)) return;
  const original: unknown = commands.get("AUTHENTICATE");
  if (credentials.kind === "oauth1") replaceAuthenticate(client, commands, authenticateXoauth);
  if (credentials.kind !== "oauth2" || credentials.mechanism !== "XOAUTH2") return;
  if (typeof original !== "function") return;
  replaceAuthenticate(client, commands, async (connection, username, secrets) => {
    const { capabilities } = client;
    if (capabilities.has("AUTH=XOAUTH2")) capabilities.delete("AUTH=OAUTHBEARER");
    return Reflect.apply(original, undefined, [connection, username, secrets]);
  });
}

/** Of this client: the table is one for all. */
const replaceAuthenticate = (client: ImapFlow, commands: Map<unknown, unknown>, by: Authenticate) =>
  Reflect.set(client, "commands", new Map([...commands, ["AUTHENTICATE", by]]));

/** What the library's commands are given. */
interface CommandConnection {
  capabilities: Map<string, unknown>;
  exec(
    command: string,
    attributes: readonly object[],
    options: { onPlusTag: () => Promise<void> },
  ): Promise<{ next(): void }>;
  write(line: string): void;
}

/** The response goes with the command (RFC 4959) where the server takes that, else after its first `+`. */
const authenticateXoauth: Authenticate = async (connection, username, { accessToken = "" }) => {
  if (!isCommandConnection(connection))
    throw new Error("Cannot use XOAUTH: the library has changed");
  const mechanism = { type: "ATOM", value: "XOAUTH" };
  const response = { type: "ATOM", value: accessToken, sensitive: true };
  const goesAlong = connection.capabilities.has("SASL-IR");
  let isSent = goesAlong;
  try {
    const answer = await connection.exec(
      "AUTHENTICATE",
      goesAlong ? [mechanism, response] : [mechanism],
      {
        async onPlusTag() {
          // A second one is a refusal: an empty line ends the exchange.
          connection.write(isSent ? "" : accessToken);
          isSent = true;
        },
      },
    );
    answer.next();
    return username;
  } catch (error) {
    const isRefused = error instanceof Error && Reflect.get(error, "responseStatus") === "NO";
    throw isRefused ? Object.assign(error, { authenticationFailed: true }) : error;
  }
};

const isCommandConnection = (value: unknown): value is CommandConnection =>
  typeof value === "object" &&
  value !== null &&
  "capabilities" in value &&
  value.capabilities instanceof Map &&
  ["exec", "write"].every((name) => typeof Reflect.get(value, name) === "function");
