import type { Context } from "hono";
import {
  concernsSessions,
  findVersionedProvider,
  insertProvider,
  lockProvider,
  type ProviderKind,
  requireInserted,
  requireProvider,
  updateProvider,
} from "../../../db/partners/providers.ts";
import { touchUsersOfProvider } from "../../../db/users/touch-users.ts";
import { AppError } from "../../../shared/errors.ts";
import { newId } from "../../../shared/ids.ts";
import type { AppEnv } from "../../app-env.ts";
import { invalidInput } from "../../invalid-input.ts";
import { runWrite } from "../../run-write.ts";
import { createAudit } from "../access/actor.ts";
import { changedFields } from "../changed-fields.ts";
import { refusingMissing } from "../refusing-missing.ts";
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
  const after = { code, kind, ...auditedProvider(settings) };
  const insert = c.var.db.batch((tx) => [
    insertProvider(tx, { ...settings, id, code, kind }),
    requireInserted(tx, id),
    audit(c, tx, { id, action: "provider.created", after }),
  ]);
  await refusingMissing(insert, codeTaken);
  return id;
}

/** Writes the fields whose values change. Does nothing when no value changes. */
export async function changeProvider(
  c: Context<AppEnv>,
  id: string,
  fields: ChangedProviderFields,
): Promise<void> {
  await runWrite(c.var.db, {
    read: (db) => [findVersionedProvider(db, id)],
    lock: (tx) => [lockProvider(tx, id)],
    decide: ([found]) => {
      if (!found) throw new AppError("not-found", "Cannot find the provider");
      const { provider } = found;
      const settings = mergeProvider(provider, fields);
      refuseFaults(provider.kind, settings);
      const changed = changedFields(auditedProvider(provider), auditedProvider(settings));
      if (!changed) return { result: undefined, build: () => [] };
      return {
        result: undefined,
        build: (tx) => [
          requireProvider(tx, found),
          updateProvider(tx, id, settings),
          ...(concernsSessions(provider, settings) ? [touchUsersOfProvider(tx, id)] : []),
          audit(c, tx, { id, action: "provider.changed", ...changed }),
        ],
      };
    },
  });
}

const codeTaken = () =>
  new AppError("conflict", "Cannot add the provider: another provider has this code", {
    fields: [{ pointer: "/code", detail: "belongs to another provider" }],
  });

function refuseFaults(kind: ProviderKind, settings: ProviderSettings): void {
  const faults = providerFaults(kind, settings);
  if (faults.length > 0) throw invalidInput(faults);
}

const audit = createAudit("provider");
