import { oauthEndpoints } from "../servers/authorization-server.ts";
import { edgeUrl } from "../servers/edge.ts";
import { natsUrl } from "../servers/nats-server.ts";
import { HOST } from "./ports.ts";
import { postgresUrl } from "../servers/postgres.ts";
import { OAUTH_TAG } from "../seed/seed-users.ts";
import type { Program } from "../processes/program.ts";
import { type DemoPartner, OAUTH_PROVIDER, PARTNER_NAME, PROVIDER } from "../seed/seed.ts";
import type { StackContext } from "./stack-context.ts";
import type { StackAddresses } from "./stack-file.ts";

export interface StartedParts {
  partner: DemoPartner;
  sinkUrl: string;
  programs: Readonly<Record<string, Program>>;
}

/** Returns the addresses and credentials of a started stack, for its stack file. */
export function toStackAddresses(context: StackContext, parts: StartedParts): StackAddresses {
  const { ports, keys, certificates } = context;
  const { partner, sinkUrl, programs } = parts;
  const pids = Object.entries(programs).map(([name, program]) => [name, program.pid]);
  return {
    edge: edgeUrl(context),
    sink: sinkUrl,
    imap: { host: HOST, port: ports.imap, tls_port: ports.imaps, ca_file: certificates.caFile },
    smtp: { host: HOST, port: ports.smtp },
    postgres: postgresUrl(context),
    nats: natsUrl(context),
    oauth: {
      issuer: oauthEndpoints(context).issuer,
      provider: OAUTH_PROVIDER,
      tag: OAUTH_TAG,
      accounts: keys.oauth.accounts.map(({ address }) => address),
    },
    provider: PROVIDER,
    partner: {
      name: PARTNER_NAME,
      api_key: partner.api_key,
      webhook_secret: partner.webhook_secret,
    },
    users: keys.users,
    pids: { stack: process.pid, ...Object.fromEntries(pids) },
  };
}
