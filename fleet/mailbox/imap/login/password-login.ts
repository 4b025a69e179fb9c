import { readFailure } from "../failures/read-failure.ts";

/** The parts of ImapFlow's connection that are used here. */
interface CommandConnection {
  capabilities: Pick<ReadonlyMap<string, unknown>, "has">;
  exec(command: string, attributes: readonly Attribute[], options?: unknown): Promise<unknown>;
}

interface Attribute {
  type: string;
  value: unknown;
}

/** A command in ImapFlow's table of commands. */
export type LibraryCommand = (
  connection: CommandConnection,
  ...args: unknown[]
) => Promise<unknown>;

type Way = "AUTH=PLAIN" | "AUTH=LOGIN" | "LOGIN";

/**
 * Returns the methods by which a server accepts a password, best first. Exchange accepts names of
 * the form `DOMAIN\user` with LOGIN only.
 */
export function passwordWays(
  capabilities: CommandConnection["capabilities"],
  username: string,
): Way[] {
  const sasl = (["AUTH=PLAIN", "AUTH=LOGIN"] as const).filter((way) => capabilities.has(way));
  if (capabilities.has("LOGINDISABLED")) return sasl;
  const [first, ...rest] = sasl;
  if (!first || /[\\/]/.test(username)) return ["LOGIN", ...sasl];
  return [first, "LOGIN", ...rest];
}

/**
 * Returns replacements for ImapFlow's AUTHENTICATE and LOGIN, for logins with a password. If the
 * server refuses the first method without a specific reason, AUTHENTICATE tries a second one. Some
 * servers offer methods that do not work (GNU mailutils).
 *
 * @param commands ImapFlow's own AUTHENTICATE and LOGIN.
 */
export function passwordLogin(commands: { authenticate: LibraryCommand; login: LibraryCommand }): {
  authenticate: LibraryCommand;
  login: LibraryCommand;
} {
  const login: LibraryCommand = (connection, ...args) =>
    commands.login(withLiterals(connection), ...args);
  const by = (way: Way, connection: CommandConnection, username: string, password: unknown) =>
    way === "LOGIN"
      ? login(connection, username, password)
      : commands.authenticate(connection, username, { password, loginMethod: way });
  return {
    login,
    async authenticate(connection, name, secrets) {
      const username = String(name);
      const password: unknown = Reflect.get(Object(secrets), "password");
      const [first = "LOGIN", second] = passwordWays(connection.capabilities, username);
      try {
        return await by(first, connection, username, password);
      } catch (refused) {
        if (second === undefined || !saysNothing(refused)) throw refused;
        return await by(second, connection, username, password).catch((error: unknown) => {
          throw readStatus(refused) === "BAD" && readStatus(error) ? error : refused;
        });
      }
    },
  };
}

const readStatus = (error: unknown): unknown => Reflect.get(Object(error), "responseStatus");

/** Response codes which say that the password, and not the mechanism, is wrong (RFC 5530, 3). */
const OF_THE_PASSWORD = new Set<unknown>([
  "AUTHENTICATIONFAILED",
  "AUTHORIZATIONFAILED",
  "EXPIRED",
]);

/** Returns whether the server refused without a specific reason in its code or text. */
function saysNothing(error: unknown): boolean {
  const code: unknown = Reflect.get(Object(error), "serverResponseCode");
  const { reason } = readFailure(error);
  return !OF_THE_PASSWORD.has(code) && readStatus(error) !== undefined && isBare(reason);
}

const isBare = (reason: string) => reason === "wrong_password" || reason === "command_refused";

/**
 * Returns a connection that sends non-ASCII text as a literal. A quoted string must not contain
 * such text (RFC 3501, 9).
 */
function withLiterals(connection: CommandConnection): CommandConnection {
  const exec: CommandConnection["exec"] = (command, attributes, options) =>
    connection.exec(command, attributes.map(toSendable), options);
  return Object.create(connection, { exec: { value: exec } });
}

function toSendable(attribute: Attribute): Attribute {
  const { type, value } = attribute;
  if (type !== "STRING" || typeof value !== "string" || !/\P{ASCII}/u.test(value)) return attribute;
  return { ...attribute, type: "LITERAL", value: Buffer.from(value) };
}
