import { type Db, openDatabase } from "../db/client.ts";
import { type Clock, systemClock } from "../shared/clock.ts";
import { messageOf } from "../shared/errors.ts";
import type { Log } from "../shared/log.ts";
import { runTogether, type Service } from "../shared/run-together.ts";
import { untilAborted } from "../shared/until-aborted.ts";
import { mailboxOpener, type Opener, partnerVault, type Sealer } from "../shared/vault.ts";
import { type Bus, connectBus } from "./bus/bus.ts";
import { createImapRole, type ImapRole } from "./imap-role.ts";
import type { CommandHandlers } from "./relay/answer-commands.ts";
import { createOutboxSweeper } from "./relay/outbox-sweeper.ts";
import { runPartitions } from "./relay/partitions.ts";
import { runRelay } from "./relay/relay.ts";
import { delivers, isWatching, type StoredHeartbeat } from "./roster/heartbeat.ts";
import { ownerOf } from "./roster/rendezvous.ts";
import { createRoster, type Roster } from "./roster/roster.ts";
import type { FleetSettings } from "./settings.ts";
import { answerTestWebhook } from "./webhook/test-webhook.ts";
import { runWebhookRole } from "./webhook/webhook-role.ts";

interface FleetDeps {
  bus: Bus;
  db: Db;
  clock: Clock;
  log: Log;
  mailboxVault: Opener;
  partnerVault: Sealer & Opener;
}

const RELAY_INTERVAL_MS = 250;

/**
 * One instance of the fleet, from its first connection to its last ack. Resolves when `signal`
 * aborted and all is closed; rejects when a part of it broke.
 *
 * @param onReady Called once, when it is in the roster and has taken the users that are its own.
 */
export async function runFleet(
  settings: FleetSettings,
  log: Log,
  onReady: () => void,
  signal: AbortSignal,
): Promise<void> {
  await using resources = new AsyncDisposableStack();
  const deps = await openDeps(resources, settings, log, signal);
  const roster = createRoster(deps, {
    instanceId: settings.INSTANCE_ID,
    intervalMs: settings.HEARTBEAT_INTERVAL,
    ttlMs: settings.HEARTBEAT_TTL,
    restartGraceMs: settings.RESTART_GRACE,
  });
  const ready = once(onReady);
  const imap =
    settings.ROLE === "webhook"
      ? undefined
      : resources.use(createImapRole({ ...deps, roster }, settings, ready));
  if (!imap) roster.onChange(ready);

  const services: Service[] = [
    (stop) => relay(deps, settings, stop),
    (stop) => runPartitions(deps, stop),
    createOutboxSweeper(deps, {
      intervalMs: settings.SWEEPER_INTERVAL,
      ageMs: settings.SWEEPER_AGE,
    }).run,
    (stop) => leaveAtStop(roster, settings, imap, stop),
  ];
  if (imap) services.push(imap.run);
  if (settings.ROLE !== "imap") services.push((stop) => deliver(deps, settings, roster, stop));

  const presence = new AbortController();
  const present = roster.run(
    () => ({
      role: settings.ROLE,
      capacity: imap ? settings.MAX_USER_THREADS : 0,
      users_held: imap?.usersHeld() ?? 0,
    }),
    presence.signal,
  );
  try {
    await runTogether(services, signal);
  } finally {
    presence.abort();
    await present;
  }
}

/**
 * A stop, in this order: the roster learns of it; nothing more is claimed or pulled, and attempts in
 * flight end, while the mailboxes are still watched and the new owners log in; then the heartbeat
 * goes, the mailboxes are logged out and NATS is drained. A restart hands nothing over.
 */
async function leaveAtStop(
  roster: Roster,
  settings: FleetSettings,
  imap: ImapRole | undefined,
  stop: AbortSignal,
): Promise<void> {
  await untilAborted(stop);
  await roster.leave();
  const isOther = ({ instanceId }: StoredHeartbeat) => instanceId !== settings.INSTANCE_ID;
  const successors = roster.live().filter(isWatching).filter(isOther);
  if (imap && settings.RESTART_GRACE === 0 && successors.length > 0) await imap.handOver();
}

async function openDeps(
  resources: AsyncDisposableStack,
  settings: FleetSettings,
  log: Log,
  signal: AbortSignal,
): Promise<FleetDeps> {
  const clock = systemClock;
  const database = resources.use(
    openDatabase({
      url: settings.DATABASE_URL,
      proxy: settings.DATABASE_PROXY,
      maxConnections: settings.DATABASE_CONNECTIONS,
      onConnectionLost: (error) =>
        log.warn("database.connection_lost", { error: messageOf(error) }),
    }),
  );
  const sizes = {
    eventsBytes: settings.EVENTS_MAX_BYTES,
    bodiesBytes: settings.BODIES_MAX_BYTES,
    deadBytes: settings.DEAD_MAX_BYTES,
    attemptsBytes: settings.ATTEMPTS_MAX_BYTES,
  };
  const options = { url: settings.NATS_URL, name: settings.INSTANCE_ID, sizes };
  return {
    bus: resources.use(await connectBus({ clock, log }, options, signal)),
    db: database.db,
    clock,
    log,
    mailboxVault: mailboxOpener(settings.MAILBOX_PRIVATE_KEYS),
    partnerVault: partnerVault(settings.PARTNER_KEYS),
  };
}

function relay(deps: FleetDeps, settings: FleetSettings, stop: AbortSignal): Promise<void> {
  const attemptTimeoutMs = settings.WEBHOOK_TIMEOUT;
  const handlers: CommandHandlers = {
    test_webhook: (command) => answerTestWebhook(deps, { attemptTimeoutMs }, command),
  };
  return runRelay({ ...deps, handlers }, { intervalMs: RELAY_INTERVAL_MS }, stop);
}

/** Lanes are shared out over the delivering instances as users are over the watching ones. */
function deliver(
  deps: FleetDeps,
  settings: FleetSettings,
  roster: Roster,
  stop: AbortSignal,
): Promise<void> {
  const ownsLane = (partnerId: string) => {
    const instances = roster.live().filter(delivers);
    const owner = ownerOf(
      partnerId,
      instances.map(({ instanceId }) => instanceId),
    );
    return owner === settings.INSTANCE_ID;
  };
  return runWebhookRole(
    { ...deps, ownsLane },
    {
      retryScheduleMs: settings.RETRY_SCHEDULE,
      attemptTimeoutMs: settings.WEBHOOK_TIMEOUT,
      laneConcurrency: settings.LANE_CONCURRENCY,
      processConcurrency: settings.WEBHOOK_CONCURRENCY,
      maxAckPending: settings.MAX_ACK_PENDING,
      reconcileMs: settings.REBALANCE_INTERVAL,
    },
    stop,
  );
}

function once(callback: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) callback();
    isDone = true;
  };
}
