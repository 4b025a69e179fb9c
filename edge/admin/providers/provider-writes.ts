import type { Context } from "hono";
import {
  concernsSessions,
  insertProvider,
  lockProvider,
  type ProviderKind,
  updateProvider,
} from "../../../db/partners/providers.ts";
import { touchUsersOfProvider } from "../../../db/users/touch-users.ts";
import { AppError } from "../../../shared/errors.ts";
import { newId } from "../../../shared/ids.ts";
import type { AppEnv } from "../../app-env.ts";
import { invalidInput } from "../../invalid-input.ts";
import { createAudit } from "../access/actor.ts";
import { changedFields } from "../changed-fields.ts";
import { providerFaults } from "./provider-faults.ts";
import type { ChangedProviderFields, NewProviderFields } from "./provider-fields.ts";
import {
  auditedProvider,
  chooseDefaults,
  mergeProvider,
  type ProviderSettings,
} from "./provider-settings.ts";

/** Creates a provider and returns its id. */
export async function makeProvider(
  c: Context<AppEnv>,
  { code, kind, ...fields }: NewProviderFields,
): Promise<string> {
  const { title, imap_host: imapHost, imap_port: imapPort, imap_security: imapSecurity } = fields;
  const blank = { ...chooseDefaults(kind), title, imapHost, imapPort, imapSecurity };
  const settings = mergeProvider(blank, fields);
  refuseFaults(kind, settings);
  const id = newId("prv");
  await c.var.db.transaction(async (tx) => {
    if (!(await insertProvider(tx, { ...settings, id, code, kind }))) {
      throw new AppError("conflict", "Cannot add the provider: another provider has this code", {
        fields: [{ pointer: "/code", detail: "belongs to another provider" }],
      });
    }
    const after = { code, kind, ...auditedProvider(settings) };
    await audit(c, tx, { id, action: "provider.created", after });
  });
  return id;
}

/** Writes the fields whose values change. Does nothing when no value changes. */
export async function changeProvider(
  c: Context<AppEnv>,
  id: string,
  fields: ChangedProviderFields,
): Promise<void> {
  await c.var.db.transaction(async (tx) => {
    const provider = await lockProvider(tx, id);
    if (!provider) throw new AppError("not-found", "Cannot find the provider");
    const settings = mergeProvider(provider, fields);
    refuseFaults(provider.kind, settings);
    const changed = changedFields(auditedProvider(provider), auditedProvider(settings));
    if (!changed) return;
    await updateProvider(tx, id, settings);
    if (concernsSessions(provider, settings)) await touchUsersOfProvider(tx, id);
    await audit(c, tx, { id, action: "provider.changed", ...changed });
  });
}

function refuseFaults(kind: ProviderKind, settings: ProviderSettings): void {
  const faults = providerFaults(kind, settings);
  if (faults.length > 0) throw invalidInput(faults);
}

const audit = createAudit("provider");
