import type { Context } from "hono";
import { pauseLane, resumeLane } from "../../../db/deliveries/lane-pauses.ts";
import { enqueuePartnerChanged } from "../../../db/mail/outbox.ts";
import { openWebhooks } from "../../../db/partners/partner-webhooks.ts";
import { readRemoval, removePartner } from "../../../db/removal/partner-removal.ts";
import {
  type CreatedPartner,
  createPartner,
  updatePartner,
} from "../../../db/partners/partners.ts";
import type { AppEnv } from "../../app-env.ts";
import { invalidInput } from "../../invalid-input.ts";
import { createAudit, currentActor } from "../access/actor.ts";
import { changedFields } from "../changed-fields.ts";
import { mustLockLiving, mustLockPartner } from "./must-find-partner.ts";
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
  return c.var.db.transaction(async (tx) => {
    const made = await createPartner(tx, c.env.partnerVault, settings);
    await enqueuePartnerChanged(tx, made.id);
    await audit(c, tx, {
      id: made.id,
      action: "partner.created",
      after: auditedPartner(settings),
    });
    return made;
  });
}

/**
 * Writes the fields whose values change, and pokes the fleet to read them now. Does nothing when no
 * value changes.
 */
export async function changePartner(
  c: Context<AppEnv>,
  id: string,
  fields: PartnerFields,
): Promise<void> {
  await c.var.db.transaction(async (tx) => {
    const locked = await mustLockLiving(tx, id);
    const partner = await openWebhooks(c.env.partnerVault, locked.partner);
    const settings = mergeSettings(partner, fields);
    refuseWebhooks(c, partner, settings);
    if (hasSameSettings(partner, settings)) return;
    await updatePartner(tx, c.env.partnerVault, { id, ...settings });
    await enqueuePartnerChanged(tx, id);
    // changedFields() returns undefined when only the password in a webhook URL changed: the
    // compared fields contain the URLs with masked passwords.
    const told = changedFields(auditedPartner(partner), auditedPartner(settings));
    await audit(c, tx, { id, action: "partner.changed", ...told });
  });
}

/** Pauses a partner's deliveries. Idempotent. */
export async function pausePartner(c: Context<AppEnv>, id: string): Promise<void> {
  await c.var.db.transaction(async (tx) => {
    await mustLockLiving(tx, id);
    await pauseLane(tx, id, { reason: "admin", actor: currentActor(c) });
  });
}

/** Resumes a partner's deliveries, no matter who or what paused them. Idempotent. */
export async function resumePartner(c: Context<AppEnv>, id: string): Promise<void> {
  await c.var.db.transaction(async (tx) => {
    const { partner } = await mustLockLiving(tx, id);
    const reason = partner.pausedReason;
    if (reason !== null) await resumeLane(tx, id, { reason, actor: currentActor(c) });
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
