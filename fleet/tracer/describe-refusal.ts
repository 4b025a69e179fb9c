import { TokenError } from "../tokens/token-error.ts";

/** Thrown when a tracer cannot be sent. The message says why. */
export class NotSendable extends Error {
  override readonly name = "NotSendable";
}

/** Descriptions of the error codes of nodemailer (lib/errors). */
const FAULTS: Readonly<Record<string, string>> = {
  EDNS: "the mail server's name has no address",
  ECONNECTION: "the mail server closed the connection",
  ESOCKET: "the mail server cannot be reached",
  ETIMEDOUT: "the mail server did not answer in time",
  EABORT: "the mail server did not answer in time",
  ETLS: "the mail server's TLS certificate or handshake was refused",
  EPROTOCOL: "the mail server does not speak SMTP as it should",
  EAUTH: "the mail server refused the login",
  ENOAUTH: "the mail server offers no way to log in",
  EENVELOPE: "the mail server refused the sender or the recipient",
  EMESSAGE: "the mail server refused the mail",
};

/** Returns whether the error has a cause outside of our code. */
export const isRefusal = (error: unknown): boolean =>
  error instanceof NotSendable || error instanceof TokenError || describeFault(error) !== undefined;

/**
 * Describes why a mail could not be sent, without the server's own text, which may contain the
 * user's name.
 */
export function describeRefusal(error: unknown): string {
  if (error instanceof NotSendable) return error.message;
  if (error instanceof TokenError) return "the provider gives no access token";
  const fault = describeFault(error);
  if (fault === undefined) return "an internal error of the fleet; see its log";
  const status = readField(error, "responseCode");
  return typeof status === "number" ? `${fault} (${status})` : fault;
}

function describeFault(error: unknown): string | undefined {
  const code = readField(error, "code");
  return typeof code === "string" && Object.hasOwn(FAULTS, code) ? FAULTS[code] : undefined;
}

const readField = (error: unknown, name: string): unknown =>
  typeof error === "object" && error !== null ? Reflect.get(error, name) : undefined;
