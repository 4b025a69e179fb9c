import type { AuthOptions, ImapFlow } from "imapflow";
import type { Credentials } from "./credentials.ts";
import { type LibraryCommand, passwordLogin } from "./password-login.ts";
import { xoauthRequest } from "./xoauth.ts";

/**
 * Returns ImapFlow's login options. For OAuth 1.0a, the XOAUTH request takes the place of an access
 * token.
 */
export function toAuthOptions(credentials: Credentials): AuthOptions {
  const user = credentials.username;
  switch (credentials.kind) {
    case "password":
      // Makes ImapFlow use AUTHENTICATE. Otherwise it would use LOGIN for some names, even if the
      // server disables LOGIN.
      return { user, pass: credentials.password, loginMethod: "AUTH=PLAIN" };
    case "oauth2":
      return { user, accessToken: credentials.accessToken };
    case "oauth1":
      return { user, accessToken: Buffer.from(xoauthRequest(credentials)).toString("base64") };
  }
}

/** ImapFlow's AUTHENTICATE command. */
type Authenticate = (
  connection: unknown,
  username: string,
  secrets: { accessToken?: string },
) => Promise<unknown>;

/**
 * Makes ImapFlow use the wanted mechanism. By default, ImapFlow prefers OAUTHBEARER, does not
 * support XOAUTH, and tries only one method for a password.
 *
 * Replaces entries in ImapFlow's table of commands, which its types do not mention. Without this
 * table, ImapFlow's default applies.
 */
export function useMechanism(client: ImapFlow, credentials: Credentials): void {
  const commands: unknown = Reflect.get(client, "commands");
  if (!(commands instanceof Map)) return;
  const replaced = replacements(client, commands, credentials);
  // ImapFlow shares one table between all clients, so this client gets a copy.
  Reflect.set(client, "commands", new Map([...commands, ...replaced]));
}

function replacements(
  client: ImapFlow,
  commands: Map<unknown, unknown>,
  credentials: Credentials,
): [name: string, command: unknown][] {
  const authenticate = bindCommand(commands, "AUTHENTICATE");
  const login = bindCommand(commands, "LOGIN");
  switch (credentials.kind) {
    case "oauth1":
      return [["AUTHENTICATE", authenticateXoauth]];
    case "oauth2":
      if (credentials.mechanism !== "XOAUTH2") return [];
      return [["AUTHENTICATE", preferXoauth2(client, authenticate)]];
    case "password": {
      const by = passwordLogin({ authenticate, login });
      return [
        ["AUTHENTICATE", by.authenticate],
        ["LOGIN", by.login],
      ];
    }
  }
}

const bindCommand =
  (commands: Map<unknown, unknown>, name: string): LibraryCommand =>
  (...args) => {
    const command: unknown = commands.get(name);
    if (typeof command !== "function") throw new Error(`The library has no command ${name}`);
    return Reflect.apply(command, undefined, args);
  };

const preferXoauth2 =
  (client: ImapFlow, authenticate: LibraryCommand): LibraryCommand =>
  (...args) => {
    const { capabilities } = client;
    if (capabilities.has("AUTH=XOAUTH2")) capabilities.delete("AUTH=OAUTHBEARER");
    return authenticate(...args);
  };

/** The parts of ImapFlow's connection that are used here. */
interface CommandConnection {
  capabilities: Map<string, unknown>;
  exec(
    command: string,
    attributes: readonly object[],
    options: { onPlusTag: () => Promise<void> },
  ): Promise<{ next(): void }>;
  write(line: string): void;
}

/**
 * Logs in with XOAUTH. Sends the request with the command if the server supports that (RFC 4959).
 * Otherwise sends the request after the server's first `+`.
 */
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
          // A second `+` means a refusal. We answer with an empty line, which ends the command.
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
