import type { Db } from "../../../db/client.ts";
import { readUserMailServer } from "../../../db/users/watched-users.ts";
import type { CheckTokenLoginAnswer, Command } from "../../../shared/commands.ts";
import type { ReasonCode } from "../../../shared/users/reasons.ts";
import { ImapError } from "../imap/failures/imap-error.ts";
import type { Credentials, OAuth2Mechanism } from "../imap/login/credentials.ts";
import { judgeNames, type NameTry } from "./judge-names.ts";
import { connect, type ConnectDeps, type LogInSettings } from "./log-in.ts";

type CheckTokenLogin = Extract<Command, { kind: "check_token_login" }>;

/**
 * How long the logins with all names may take together. The API waits 25 s, and the answer takes a
 * moment to arrive.
 */
const DEADLINE_MS = 22_000;

/**
 * Answers the command `check_token_login`. Tries the usernames one after another with the token,
 * until the mail server accepts one. Then logs out. Stores nothing.
 */
export async function answerCheckTokenLogin(
  deps: ConnectDeps & { db: Db },
  settings: LogInSettings,
  command: CheckTokenLogin,
): Promise<CheckTokenLoginAnswer> {
  const found = await readUserMailServer(deps.db, command.user_id);
  if (!found) return { result: "unknown", reason: "host_not_found" };
  const { saslMechanism, partnerId, ...server } = found;
  const mechanism = saslMechanism === "XOAUTH" ? null : saslMechanism;
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  const tries: NameTry[] = [];
  for (const username of command.usernames) {
    const credentials = toCredentials(command.token, username, mechanism);
    try {
      const target = { server, partnerId, credentials };
      await using _connection = await connect(deps, settings, target, deadline);
      return { result: "accepted", username };
    } catch (error) {
      if (deadline.aborted) return { result: "unknown", reason: "timeout" };
      if (!(error instanceof ImapError)) throw error;
      tries.push(error.failure);
    }
    const judged = judgeNames(tries);
    if (judged.result === "unknown" && !judged.goesOn) return unknown(judged.reason);
  }
  const { result, reason } = judgeNames(tries);
  return { result, reason };
}

const unknown = (reason: ReasonCode): CheckTokenLoginAnswer => ({ result: "unknown", reason });

function toCredentials(
  token: CheckTokenLogin["token"],
  username: string,
  mechanism: OAuth2Mechanism | null,
): Credentials {
  switch (token.kind) {
    case "oauth2":
      return { kind: "oauth2", username, mechanism, accessToken: token.access_token };
    case "oauth1":
      return {
        kind: "oauth1",
        username,
        consumer: { key: token.consumer_key, secret: token.consumer_secret },
        token: { key: token.token, secret: token.token_secret },
      };
  }
}
