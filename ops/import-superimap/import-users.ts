import {
  type ImportedUser,
  insertImportedUsers,
  readLivingNames,
} from "../../db/partners/imports.ts";
import { newId } from "../../shared/ids.ts";
import { sha256Hex } from "../../shared/secrets/sha256.ts";
import type { ImportContext } from "./import-context.ts";
import type { OurProvider } from "./import-provider.ts";
import { judgeUser, type TakenUser, type UserContext } from "./judge/judge-user.ts";
import { importMemory } from "./import-memory.ts";
import type { UserRow } from "./source-rows.ts";

export interface UsersPlace {
  /** The connection's id in the source; `ourId` is its id here. */
  sourceId: number;
  ourId: string;
  provider: OurProvider;
  /** All users that were imported earlier: maps their ids in the source to their ids here. */
  known: ReadonlyMap<number, string>;
}

/** How many users one transaction imports. */
const PAGE = 50;

/**
 * Imports the users of a connection, page by page. One transaction imports a page of users with the
 * records of their mails. A running fleet must not see users without these records: it would
 * deliver mails that SuperIMAP has already delivered.
 */
export async function importUsers(
  context: ImportContext,
  place: UsersPlace,
  signal: AbortSignal,
): Promise<void> {
  const { source, db, report, isDryRun } = context;
  const names = await readLivingNames(db, place.ourId);
  let after = 0;
  for (let done = PAGE; ; done += PAGE) {
    signal.throwIfAborted();
    const page = await source.users(place.sourceId, { after, limit: PAGE });
    const last = page.at(-1);
    if (!last) return;
    after = last.id;
    const fresh = await judgePage(context, place, { page, names });
    const ids = new Map(
      page.flatMap(({ id }) => {
        const ourId = place.known.get(id) ?? fresh.get(id)?.user.id;
        return ourId === undefined ? [] : [[id, ourId] as const];
      }),
    );
    if (isDryRun) await importMemory(context, ids, null);
    else {
      await db.transaction(async (tx) => {
        await insertImportedUsers(tx, source.name, [...fresh.values()]);
        await importMemory(context, ids, tx);
      });
    }
    report.took("users", fresh.size);
    report.knew("users", page.filter(({ id }) => place.known.has(id)).length);
    if (page.length === PAGE) report.say(`${place.provider.code}: ${done} users`);
  }
}

type Names = { tags: Set<string>; emails: Set<string> };

/**
 * Returns the new users of the page that can be imported. If such a user is living, its tag and its
 * email address are added to `names`.
 */
async function judgePage(
  context: ImportContext,
  { provider, known, ourId }: UsersPlace,
  { page, names }: { page: readonly UserRow[]; names: Names },
): Promise<Map<number, ImportedUser>> {
  const userContext: UserContext = { ...context, ...provider, names };
  const fresh = new Map<number, ImportedUser>();
  for (const row of page.filter(({ id }) => !known.has(id))) {
    const verdict = judgeUser(row, userContext);
    if (verdict.kind === "leave") {
      context.report.leftOut(`users/${row.id}`, verdict.why);
      continue;
    }
    const { user } = verdict.taken;
    if (user.state !== "archived") {
      names.tags.add(user.tag.toLowerCase());
      if (user.email) names.emails.add(user.email.toLowerCase());
    }
    fresh.set(
      row.id,
      await toUser(context, verdict.taken, { sourceId: row.id, connectionId: ourId }),
    );
  }
  return fresh;
}

async function toUser(
  { vaults }: ImportContext,
  { user, secret, login, watchFrom, cursor }: TakenUser,
  { sourceId, connectionId }: { sourceId: number; connectionId: string },
): Promise<ImportedUser> {
  const id = newId("usr");
  const sealed = secret && (await vaults.mailbox.seal(`users/${id}/${secret.column}`, secret.text));
  return {
    sourceId,
    user: {
      ...user,
      id,
      connectionId,
      sealedLoginPassword: secret?.column === "login_password" ? sealed : null,
      sealedRefreshToken: secret?.column === "refresh_token" ? sealed : null,
    },
    account:
      login === null
        ? null
        : { epoch: 0, loginHash: await sha256Hex(login), server: "", watchFrom },
    cursor: login === null ? null : cursor,
  };
}
