import type { Adapter, AdapterFactory, AdapterPayload } from "oidc-provider";
import * as v from "valibot";
import { readJsonFile, writePrivateFile } from "../../processes/private-file.ts";

export interface TokenStore {
  /** Stores the grants, tokens and sessions of `oidc-provider`. */
  adapter: AdapterFactory;
  /** Returns the keys of all entries of an account, such as `RefreshToken:abc`. */
  listKeys(accountId: string): string[];
  remove(keys: readonly string[]): Promise<void>;
}

export interface TokenStoreOptions {
  /** The file that keeps the entries over a restart. Without a file they are lost. */
  file?: string | undefined;
  /** Whether an old refresh token still works after a rotation. */
  keepsExchanged: () => boolean;
}

const kept = v.array(
  v.strictObject({
    key: v.string(),
    expiresAtMs: v.nullable(v.number()),
    payload: v.custom<AdapterPayload>((value) => typeof value === "object" && value !== null),
  }),
);
type Entry = v.InferOutput<typeof kept>[number];

/**
 * Opens a store in memory. If `options.file` is set, the store also keeps its entries in that file.
 * A change then resolves only after the file is written.
 */
export async function openTokenStore(options: TokenStoreOptions): Promise<TokenStore> {
  const { file } = options;
  const entries = new Map<string, Entry>();
  for (const entry of (file && (await readJsonFile(file, kept))) || []) {
    entries.set(entry.key, entry);
  }

  let saved: Promise<void> = Promise.resolve();
  const save = (): Promise<void> => {
    if (file === undefined) return saved;
    const write = () => writePrivateFile(file, JSON.stringify([...entries.values()]));
    // If a write fails, the next write still runs. It writes all entries, so no change is missing
    // from the file.
    saved = saved.then(write, write);
    return saved;
  };

  const remove = (keys: readonly string[]) => {
    for (const key of keys) entries.delete(key);
    return save();
  };

  const find = (key: string): AdapterPayload | undefined => {
    const entry = entries.get(key);
    return entry && isLiving(entry) ? entry.payload : undefined;
  };

  const keysWhere = (matches: (entry: Entry) => boolean): string[] =>
    [...entries.values()].filter(matches).map(({ key }) => key);

  const adapter = (model: string): Adapter => {
    const toKey = (id: string) => `${model}:${id}`;
    const findBy = async (field: "uid" | "userCode", value: string) =>
      [...entries.values()].find(
        ({ key, payload }) => key.startsWith(toKey("")) && payload[field] === value,
      )?.payload;
    return {
      async upsert(id, payload, expiresInSeconds) {
        for (const [key, entry] of entries) if (!isLiving(entry)) entries.delete(key);
        const expiresAtMs = expiresInSeconds ? Date.now() + expiresInSeconds * 1_000 : null;
        entries.set(toKey(id), { key: toKey(id), expiresAtMs, payload });
        await save();
      },
      find: async (id) => find(toKey(id)),
      findByUid: (uid) => findBy("uid", uid),
      findByUserCode: (userCode) => findBy("userCode", userCode),
      async consume(id) {
        const payload = find(toKey(id));
        if (!payload || (model === "RefreshToken" && options.keepsExchanged())) return;
        payload.consumed = Math.floor(Date.now() / 1_000);
        await save();
      },
      destroy: (id) => remove([toKey(id)]),
      revokeByGrantId: (grantId) => remove(keysWhere(({ payload }) => payload.grantId === grantId)),
    };
  };

  return {
    adapter,
    listKeys: (accountId) => keysWhere(({ payload }) => payload.accountId === accountId),
    remove,
  };
}

const isLiving = ({ expiresAtMs }: Entry): boolean =>
  expiresAtMs === null || expiresAtMs > Date.now();
