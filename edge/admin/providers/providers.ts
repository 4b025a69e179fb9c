import { createFactory } from "hono/factory";
import type { Db } from "../../../db/client.ts";
import {
  type CountedProvider,
  findCountedProvider,
  listProviders,
} from "../../../db/partners/providers.ts";
import { AppError } from "../../../shared/errors.ts";
import type { AppEnv } from "../../app-env.ts";
import { validBody } from "../../middleware/valid.ts";
import { isStorable } from "../../text.ts";
import { changedProvider, newProvider } from "./provider-fields.ts";
import { showProviderSettings } from "./provider-settings.ts";
import { changeProvider, makeProvider } from "./provider-writes.ts";

const all = createFactory<AppEnv, "/providers">();
const one = createFactory<AppEnv, "/providers/:id">();

/** Lists all providers. */
export const getProviders = all.createHandlers(async (c) => {
  const found = await listProviders(c.var.db);
  return c.json({ providers: found.map(showProvider) }, 200);
});

export const postProvider = all.createHandlers(validBody(newProvider), async (c) => {
  const id = await makeProvider(c, c.req.valid("json"));
  return c.json(showProvider(await mustFindProvider(c.var.db, id)), 201);
});

export const getProvider = one.createHandlers(async (c) =>
  c.json(showProvider(await mustFindProvider(c.var.db, c.req.param("id"))), 200),
);

/**
 * Changes a provider. Running sessions use the new settings within seconds. They log in again if a
 * setting requires it, for example a new host.
 */
export const patchProvider = one.createHandlers(validBody(changedProvider), async (c) => {
  const { provider } = await mustFindProvider(c.var.db, c.req.param("id"));
  await changeProvider(c, provider.id, c.req.valid("json"));
  return c.json(showProvider(await mustFindProvider(c.var.db, provider.id)), 200);
});

async function mustFindProvider(db: Db, id: string): Promise<CountedProvider> {
  const found = isStorable(id) ? await findCountedProvider(db, id) : undefined;
  if (!found) throw new AppError("not-found", "Cannot find the provider");
  return found;
}

const showProvider = ({ provider, connectionsCount }: CountedProvider) => ({
  id: provider.id,
  code: provider.code,
  kind: provider.kind,
  ...showProviderSettings(provider),
  connections_count: connectionsCount,
  created_at: provider.createdAt.toISOString(),
});
