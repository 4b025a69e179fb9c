import type { Adapter, AdapterFactory, AdapterPayload } from "oidc-provider";
import * as v from "valibot";
import { readJsonFile, writePrivateFile } from "../../processes/private-file.ts";

export interface TokenStore {
  /** What `oidc-provider` keeps everything with: grants, tokens, sessions. */
  adapter: AdapterFactory;
  /** Keys of all entries of an account, such as `RefreshToken:abc`. */
  keysOf(accountId: string): string[];
  remove(keys: readonly string[]): Promise<void>;
}

export interface TokenStoreOptions {
  /** Survives a restart there; without it all is forgotten. */
  file?: string | undefined;
  /** Whether a refresh token that was exchanged for its successor goes on working. */
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

/** Entries in memory, and in a file that is written before a change counts as made. */
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
    // Also after a write that failed: the next one holds its changes too.
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
    const keyOf = (id: string) => `${model}:${id}`;
    const findBy = async (field: "uid" | "userCode", value: string) =>
      [...entries.values()].find(
        ({ key, payload }) => key.startsWith(keyOf("")) && payload[field] === value,
      )?.payload;
    return {
      async upsert(id, payload, expiresInSeconds) {
        for (const [key, entry] of entries) if (!isLiving(entry)) entries.delete(key);
        const expiresAtMs = expiresInSeconds ? Date.now() + expiresInSeconds * 1_000 : null;
        entries.set(keyOf(id), { key: keyOf(id), expiresAtMs, payload });
        await save();
      },
      find: async (id) => find(keyOf(id)),
      findByUid: (uid) => findBy("uid", uid),
      findByUserCode: (userCode) => findBy("userCode", userCode),
      async consume(id) {
        const payload = find(keyOf(id));
        if (!payload || (model === "RefreshToken" && options.keepsExchanged())) return;
        payload.consumed = Math.floor(Date.now() / 1_000);
        await save();
      },
      destroy: (id) => remove([keyOf(id)]),
      revokeByGrantId: (grantId) => remove(keysWhere(({ payload }) => payload.grantId === grantId)),
    };
  };

  return {
    adapter,
    keysOf: (accountId) => keysWhere(({ payload }) => payload.accountId === accountId),
    remove,
  };
}

const isLiving = ({ expiresAtMs }: Entry): boolean =>
  expiresAtMs === null || expiresAtMs > Date.now();
