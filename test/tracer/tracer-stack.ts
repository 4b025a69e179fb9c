import { eq } from "drizzle-orm";
import { imapProviders, partnerConnections } from "../../db/partners/tables.ts";
import { tracerLogs } from "../../db/tracers/tables.ts";
import { users } from "../../db/users/tables.ts";
import { listTracerUsers } from "../../db/tracers/tracer-users.ts";
import { readWatchedUsers } from "../../db/users/watched-users.ts";
import { createMetrics, type Metrics } from "../../fleet/metrics/metrics.ts";
import type { Account } from "../../fleet/mailbox/login/account.ts";
import { toAccount } from "../../fleet/mailbox/login/to-account.ts";
import { type Sender, type SendDeps, sendTracers } from "../../fleet/tracer/send-tracers.ts";
import { type TracerSignatures, tracerSignatures } from "../../fleet/tracer/tracer-signatures.ts";
import { watchTracers } from "../../fleet/tracer/watch-tracers.ts";
import { type TracerWatch } from "../../fleet/mailbox/catch-up/recording/tracer-watch.ts";
import { systemClock } from "../../shared/clock.ts";
import { newId } from "../../shared/ids.ts";
import { generatePartnerKeys } from "../../shared/secrets/vault.ts";
import { eventually } from "../harness/eventually.ts";
import type { MailAccount } from "../harness/mail-servers/mail-server.ts";
import { observeUser, type UserObserver } from "../mailbox/observe-user.ts";
import type { SessionStack } from "../mailbox/session-stack.ts";

/** A session stack, and the parts of the fleet that send and recognise tracers. */
export interface TracerStack extends SessionStack {
  metrics: Metrics;
  signatures: TracerSignatures;
  /** Pass this to `openSessions()`, so that the sessions recognise tracers. */
  watch: TracerWatch;
  sendDeps: SendDeps;
}

export type TracerLog = typeof tracerLogs.$inferSelect;

/** A user in the database, and its account on the mail server. */
export interface TestTracerUser extends MailAccount, UserObserver, Sender {
  account: Account;
  /** Returns the tracers that were sent to this user, oldest first. */
  tracers(): Promise<TracerLog[]>;
  /** Waits until this number of tracers meets the condition `is`. Returns the tracers. */
  tracersThat(are: string, count: number, is: (tracer: TracerLog) => boolean): Promise<TracerLog[]>;
}

export const TIMEOUTS = { connectMs: 5_000, greetingMs: 5_000, commandMs: 5_000 };

export function withTracers<Stack extends SessionStack>(stack: Stack): Stack & TracerStack {
  const { db, log, tokens, vaults, secureContext } = stack;
  const metrics = createMetrics();
  const signatures = tracerSignatures(generatePartnerKeys());
  const secrets = { mailboxVault: vaults.mailbox, partnerVault: vaults.partner, tokens };
  const deps = { db, log, metrics, signatures };
  return {
    ...stack,
    metrics,
    signatures,
    watch: watchTracers(deps),
    sendDeps: { ...deps, ...secrets, clock: systemClock, secureContext },
  };
}

let count = 0;

export interface TracerUserOptions {
  smtp?: { host: string | null; port: number; starttls?: boolean };
  enableTracer?: boolean;
  deliverTracers?: boolean;
  newMailWebhook?: string;
}

/** Creates a tracer user. Its state is `watching`, although no session watches it. */
export async function newTracerUser(
  stack: TracerStack,
  { smtp, enableTracer = true, deliverTracers = false, newMailWebhook }: TracerUserOptions = {},
): Promise<TestTracerUser> {
  const login = `tracer${++count}`;
  const mail: MailAccount = { login, password: `pass "${count}"`, address: `${login}@example.com` };
  await stack.server.addAccount(mail);
  const partner = await stack.newPartner(newMailWebhook === undefined ? {} : { newMailWebhook });
  const [providerId, connectionId, userId] = [newId("prv"), newId("con"), newId("usr")];
  await stack.db.insert(imapProviders).values({
    id: providerId,
    code: `T${providerId}`,
    title: "Test",
    kind: "plain",
    imapHost: stack.server.host,
    imapPort: stack.server.port,
    imapSecurity: "none",
    smtpHost: smtp?.host ?? null,
    smtpPort: smtp?.port ?? null,
    smtpStarttls: smtp?.starttls ?? false,
  });
  await stack.db
    .insert(partnerConnections)
    .values({ id: connectionId, partnerId: partner.id, providerId });
  const row = `users/${userId}/login_password` as const;
  await stack.db.insert(users).values({
    id: userId,
    connectionId,
    tag: login,
    email: mail.address,
    loginUsername: login,
    sealedLoginPassword: await stack.vaults.mailbox.seal(row, mail.password),
    state: "watching",
    enableTracer,
    deliverTracers,
  });
  const account = await readAccount(stack, userId);
  const tracers = () =>
    stack.db
      .select()
      .from(tracerLogs)
      .where(eq(tracerLogs.userId, userId))
      .orderBy(tracerLogs.sentAt);
  return {
    ...mail,
    ...observeUser(stack, account),
    account,
    user: {
      userId,
      email: mail.address,
      loginUsername: login,
      smtpHost: smtp?.host ?? null,
      smtpPort: smtp?.port ?? null,
      smtpStarttls: smtp?.starttls ?? false,
    },
    tracers,
    tracersThat: (are, wanted, is) =>
      eventually(`${wanted} tracers that ${are}`, async () => {
        const found = (await tracers()).filter(is);
        return found.length >= wanted ? found : undefined;
      }),
  };
}

async function readAccount({ db }: TracerStack, userId: string): Promise<Account> {
  const [row] = await readWatchedUsers(db, [userId]);
  const account = row && toAccount(row);
  if (!account) throw new Error("The user cannot be watched");
  return account;
}

/** Sends tracers from this user to itself. */
export async function sendCluster(
  stack: TracerStack,
  { account }: TestTracerUser,
  { tracers = 3, signal = new AbortController().signal, ...deps }: ClusterOptions = {},
): Promise<void> {
  const [user] = await listTracerUsers(stack.db, [account.userId]);
  if (!user) throw new Error("The user is no tracer user");
  const settings = { tracers, allowsPrivateHosts: true, timeouts: TIMEOUTS };
  await sendTracers({ ...stack.sendDeps, ...deps }, settings, { user, account }, signal);
}

interface ClusterOptions extends Partial<SendDeps> {
  tracers?: number;
  signal?: AbortSignal;
}
