import { type Db, sqlStateOf } from "../../db/client.ts";
import { sealPlainWebhooks } from "../../db/partners/partner-webhooks.ts";
import { nameOf, SEALED_COLUMNS, type SealedColumn } from "../../db/partners/sealed-columns.ts";
import {
  readSecretsOfOtherKeys,
  replaceSecrets,
  type Resealed,
  type SealedSecret,
} from "../../db/partners/sealed-rows.ts";
import {
  mailboxVault,
  type Opener,
  partnerVault,
  type Sealer,
  VaultError,
} from "../../shared/secrets/vault.ts";
import { activeKid, type KeyRings } from "./key-rings.ts";

export interface ResealDeps {
  db: Db;
  /** Told how many secrets of a column were sealed anew so far. */
  onProgress: (column: string, secrets: number) => void;
}

export interface ResealReport {
  /** Sealed anew. */
  secrets: number;
  /** Why some cannot be opened, each with its row. */
  faults: readonly string[];
}

/** Secrets of one statement. */
const PAGE = 200;
/** What changed while it was read is taken again; it is not for ever that others seal with older keys. */
const PASSES = 10;
const DEADLOCK = "40P01";

/**
 * Seals everything with the first key of its ring, while the product runs: each text changes only
 * where it still stands as it was read. May be killed and run again, and does what is left.
 */
export async function reseal(
  deps: ResealDeps,
  rings: KeyRings,
  signal: AbortSignal,
): Promise<ResealReport> {
  const vaults = { mailbox: mailboxVault(rings.mailbox), partner: partnerVault(rings.partner) };
  const faults = new Set<string>();
  let secrets = await sealPlainWebhooks(deps.db, vaults.partner);
  for (let pass = 0; pass < PASSES && !signal.aborted; pass++) {
    let done = 0;
    for (const column of SEALED_COLUMNS) {
      const job = {
        column,
        vault: vaults[column.ring],
        kid: activeKid(rings, column.ring),
        faults,
      };
      done += await resealColumn(deps, job, signal);
    }
    secrets += done;
    if (done === 0) break;
  }
  return { secrets, faults: [...faults] };
}

interface ColumnJob {
  column: SealedColumn;
  vault: Sealer & Opener;
  kid: string;
  faults: Set<string>;
}

async function resealColumn(
  { db, onProgress }: ResealDeps,
  { column, vault, kid, faults }: ColumnJob,
  signal: AbortSignal,
): Promise<number> {
  let done = 0;
  let after = "";
  while (!signal.aborted) {
    const page = await readSecretsOfOtherKeys(db, column, { kid, after, limit: PAGE });
    const last = page.at(-1);
    if (!last) break;
    after = last.id;
    const fresh = await Promise.all(page.map((secret) => sealAnew(vault, secret, faults)));
    const replaced = await replace(
      db,
      column,
      fresh.filter((secret) => secret !== undefined),
    );
    done += replaced;
    if (replaced > 0) onProgress(nameOf(column), done);
  }
  return done;
}

/** @returns undefined when it cannot be opened: that is a fault to tell, and the others go on. */
async function sealAnew(
  vault: Sealer & Opener,
  { id, identity, sealed }: SealedSecret,
  faults: Set<string>,
): Promise<Resealed | undefined> {
  try {
    const secret = await vault.open(identity, sealed);
    return { id, from: sealed, to: await vault.seal(identity, secret) };
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    faults.add(error.message);
    return undefined;
  }
}

/** Who locks the same rows in another order may have to be given way: the next pass takes them. */
async function replace(
  db: Db,
  column: SealedColumn,
  secrets: readonly Resealed[],
): Promise<number> {
  if (secrets.length === 0) return 0;
  try {
    return await replaceSecrets(db, column, secrets);
  } catch (error) {
    if (sqlStateOf(error) !== DEADLOCK) throw error;
    return 0;
  }
}
