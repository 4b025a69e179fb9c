import type { Db } from "../../../db/client.ts";
import { lockUser, type User } from "../../../db/users/users.ts";
import type { Sealer } from "../../../shared/secrets/vault.ts";
import { refusingConflicts } from "../../users/refusing-conflicts.ts";
import type { WantedUser } from "../../users/user-change.ts";
import type { NewUserFields } from "../../users/user-schemas.ts";
import { changeUser, createUser, userNotFound, type UserScope } from "../../users/user-writes.ts";

/** Creates a user for the partner that sent the request. */
export async function createOwnUser(
  { db, sealer }: { db: Db; sealer: Sealer },
  scope: UserScope,
  fields: NewUserFields,
): Promise<User> {
  return refusingConflicts("create", () =>
    db.transaction((tx) => createUser({ tx, sealer }, writtenByPartner(scope), fields)),
  );
}

/** Changes the user with this tag for the partner that sent the request. */
export async function changeOwnUser(
  db: Db,
  scope: UserScope,
  tag: string,
  decideWanted: (user: User) => Promise<WantedUser>,
): Promise<User> {
  return refusingConflicts("change", () =>
    db.transaction(async (tx) => {
      const user = await lockUser(tx, scope.connection.id, tag);
      if (!user) throw userNotFound();
      return changeUser(tx, writtenByPartner(scope), user, await decideWanted(user));
    }),
  );
}

const writtenByPartner = (scope: UserScope) => ({ ...scope, actor: `partner:${scope.partnerId}` });
