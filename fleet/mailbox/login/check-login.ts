import type { Db } from "../../../db/client.ts";
import { readUserServer } from "../../../db/users/watched-users.ts";
import type { CheckLoginAnswer, Command } from "../../../shared/commands.ts";
import type { ReasonCode } from "../../../shared/users/reasons.ts";
import type { ImapServer } from "../imap/imap-server.ts";
import { ImapError } from "../imap/failures/imap-error.ts";
import { connect, type ConnectDeps, type LogInSettings } from "./log-in.ts";

type CheckLogin = Extract<Command, { kind: "check_login" }>;

/** How long a login may take. After this the caller no longer waits for the answer. */
const DEADLINE_MS = 25_000;

/** Answers the command `check_login`: logs in once with the given credentials, then logs out. */
export async function answerCheckLogin(
  deps: ConnectDeps & { db: Db },
  settings: LogInSettings,
  command: CheckLogin,
): Promise<CheckLoginAnswer> {
  const server = await readUserServer(deps.db, command.user_id);
  if (!server) return refused("host_not_found");
  const { login_username: username, login_password: password } = command;
  const credentials = { kind: "password", username, password } as const;
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  try {
    const { partnerId, ...known } = server;
    const target = { server: serverFor(command, known), partnerId, credentials };
    await using _connection = await connect(deps, settings, target, deadline);
    return { result: "accepted" };
  } catch (error) {
    if (deadline.aborted) return refused("timeout");
    if (error instanceof ImapError) return refused(error.failure.reason);
    throw error;
  }
}

const refused = (reason: ReasonCode): CheckLoginAnswer => ({ result: "refused", reason });

/**
 * Returns the server to log in to: with the host that the user named, if the provider allows that.
 */
function serverFor(
  { imap_host, imap_port, imap_security }: CheckLogin,
  { mayHaveOwnHost, ...server }: Omit<ImapServer, "isOwnHost"> & { mayHaveOwnHost: boolean },
): ImapServer {
  if (!mayHaveOwnHost || imap_host === null) return { ...server, isOwnHost: false };
  const port = imap_port ?? server.port;
  const security = imap_security ?? server.security;
  return { ...server, host: imap_host, port, security, isOwnHost: true };
}
