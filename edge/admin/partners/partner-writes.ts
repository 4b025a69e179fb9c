import type { Context } from "hono";
import { readServerTime } from "../../../db/conditions.ts";
import { toPause, toResumption } from "../../../db/deliveries/lane-pauses.ts";
import { enqueuePartnerChanged } from "../../../db/mail/outbox.ts";
import { findPartner, type Partner } from "../../../db/partners/partner-list.ts";
import { lockPartner, requirePartner } from "../../../db/partners/partner-version.ts";
import { openWebhooks, sealWebhooks } from "../../../db/partners/partner-webhooks.ts";
import { readRemoval, removePartner } from "../../../db/removal/partner-removal.ts";
import {
  type CreatedPartner,
  planNewPartner,
  updatePartner,
} from "../../../db/partners/partners.ts";
import type { AppEnv } from "../../app-env.ts";
import { invalidInput } from "../../invalid-input.ts";
import { createAudit, currentActor } from "../access/actor.ts";
import { changedFields } from "../changed-fields.ts";
import { type BuildWrites, runWrite } from "../../run-write.ts";
import {
  existingPartner,
  mustLockPartner,
  refuseBadId,
  refuseRemoved,
} from "./must-find-partner.ts";
import type { PartnerFields } from "./partner-fields.ts";
import {
  auditedPartner,
  type EditedPartner,
  hasSameSettings,
  mergeSettings,
  NO_SETTINGS,
  webhookFaults,
} from "./partner-settings.ts";

/**
 * Creates a partner with its first API key and its webhook secret. The key and the secret are shown
 * only once.
 */
export async function makePartner(
  c: Context<AppEnv>,
  fields: PartnerFields,
): Promise<CreatedPartner> {
  const settings = mergeSettings(NO_SETTINGS, fields);
  refuseWebhooks(c, NO_SETTINGS, settings);
  const { created, build } = await planNewPartner(c.env.partnerVault, settings);
  const { id } = created;
  await c.var.db.batch((tx) => [
    ...build(tx),
    enqueuePartnerChanged(tx, id),
    audit(c, tx, { id, action: "partner.created", after: auditedPartner(settings) }),
  ]);
  return created;
}

/**
 * Writes the fields whose values change, and pokes the fleet to read them now. Does nothing when no
 * value changes.
 */
export const changePartner = (
  c: Context<AppEnv>,
  id: string,
  fields: PartnerFields,
): Promise<void> =>
  writePartner(c, id, async (found) => {
    const vault = c.env.partnerVault;
    const partner = await openWebhooks(vault, found);
    const settings = mergeSettings(partner, fields);
    refuseWebhooks(c, partner, settings);
    if (hasSameSettings(partner, settings)) return () => [];
    const change = { ...settings, ...(await sealWebhooks(vault, id, settings)) };
    // changedFields() returns undefined when only the password in a webhook URL changed: the
    // compared fields contain the URLs with masked passwords.
    const told = changedFields(auditedPartner(partner), auditedPartner(settings));
    return (tx) => [
      updatePartner(tx, id, change),
      enqueuePartnerChanged(tx, id),
      audit(c, tx, { id, action: "partner.changed", ...told }),
    ];
  });

/** Pauses a partner's deliveries. Idempotent. */
export const pausePartner = (c: Context<AppEnv>, id: string): Promise<void> =>
  writePartner(c, id, ({ pausedAt }, at) => {
    const cause = { reason: "admin" as const, actor: currentActor(c), at };
    return (tx) => (pausedAt === null ? toPause(tx, id, cause) : []);
  });

/** Resumes a partner's deliveries, no matter who or what paused them. Idempotent. */
export const resumePartner = (c: Context<AppEnv>, id: string): Promise<void> =>
  writePartner(c, id, ({ pausedReason: reason }) => {
    const actor = currentActor(c);
    return (tx) => (reason === null ? [] : toResumption(tx, id, { reason, actor }));
  });

/** Decides a write to a partner that is not being removed, and runs it. */
async function writePartner(
  c: Context<AppEnv>,
  id: string,
  decide: (partner: Partner, now: Date) => BuildWrites | Promise<BuildWrites>,
): Promise<void> {
  refuseBadId(id);
  await runWrite(c.var.db, {
    read: (db) => [findPartner(db, id), readServerTime(db)],
    lock: (tx) => [lockPartner(tx, id)],
    decide: async ([found, now]) => {
      const { partner, version } = refuseRemoved(existingPartner(found));
      const build = await decide(partner, now);
      return {
        result: undefined,
        build: (tx) => {
          const queries = build(tx);
          return queries.length === 0 ? [] : [requirePartner(tx, id, version), ...queries];
        },
      };
    },
  });
}

/**
 * Removes a partner and everything that belongs to it.
 *
 * @param typedName The name that the admin typed. It must be the partner's name.
 * @returns The progress of the removal. Null when nothing had to be purged and the partner is
 * already deleted.
 */
export async function removeWholePartner(
  c: Context<AppEnv>,
  id: string,
  typedName: string,
): Promise<{ total: number; done: number } | null> {
  return c.var.db.transaction(async (tx) => {
    const { partner } = await mustLockPartner(tx, id);
    if (typedName.trim() !== partner.name) {
      throw invalidInput([{ pointer: "/name", detail: "is not the partner's name" }]);
    }
    const isGoing = await removePartner(tx, id);
    if (partner.removedAt === null) {
      await audit(c, tx, { id, action: "partner.removed", before: { name: partner.name } });
    }
    return isGoing ? readRemoval(tx, id) : null;
  });
}

function refuseWebhooks(c: Context<AppEnv>, current: EditedPartner, next: EditedPartner): void {
  const faults = webhookFaults(current, next, c.env.webhookUrls);
  if (faults.length > 0) throw invalidInput(faults);
}

const audit = createAudit("partner");
