import { type Db, findSqlState } from "../../db/client.ts";
import { sealPlainWebhooks } from "../../db/partners/partner-webhooks.ts";
import { nameColumn, SEALED_COLUMNS, type SealedColumn } from "../../db/partners/sealed-columns.ts";
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
  /** Called with the name of a column, and the number of its secrets that were resealed so far. */
  onProgress: (column: string, secrets: number) => void;
}

export interface ResealReport {
  /** The number of secrets that were resealed. */
  secrets: number;
  /** The secrets that cannot be opened, each with its row and the reason. */
  faults: readonly string[];
}

/** How many secrets one statement replaces. */
const PAGE = 200;
/**
 * The maximum number of passes. A secret that changed during a pass is tried again in the next one.
 * New secrets are already sealed with the active keys, so the passes soon find nothing to do.
 */
const PASSES = 10;
const DEADLOCK = "40P01";

/**
 * Seals all secrets with the active key of their ring. The fleet and the edge may run meanwhile: a
 * text that has changed since it was read is not replaced. A stopped job may run again.
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
    if (replaced > 0) onProgress(nameColumn(column), done);
  }
  return done;
}

/**
 * Seals a secret with the active key.
 * @returns undefined when the secret cannot be opened. The fault is added to `faults`.
 */
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

/**
 * Replaces a page of secrets. If there is a deadlock with another writer, replaces none of them;
 * a later pass or a later run tries again.
 */
async function replace(
  db: Db,
  column: SealedColumn,
  secrets: readonly Resealed[],
): Promise<number> {
  if (secrets.length === 0) return 0;
  try {
    return await replaceSecrets(db, column, secrets);
  } catch (error) {
    if (findSqlState(error) !== DEADLOCK) throw error;
    return 0;
  }
}
