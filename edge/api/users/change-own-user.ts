import type { Context } from "hono";
import { wantedUserEvents } from "../../../db/partners/partners.ts";
import { epochOf, readAccountProgress, readUserAccounts } from "../../../db/users/user-accounts.ts";
import { requireUser, type User } from "../../../db/users/users.ts";
import type { AppEnv } from "../../app-env.ts";
import { answerWrite } from "../../middleware/answer-write.ts";
import { refusingConflicts } from "../../users/refusing-conflicts.ts";
import type { WantedUser } from "../../users/user-change.ts";
import { planChange, type UserScope } from "../../users/user-writes.ts";
import {
  existingUser,
  lockOwnUser,
  readOwnUser,
  searchUser,
  toUserScope,
  type UserPath,
} from "./user-scope.ts";

interface OwnChange<Answer extends Response> {
  /** Refuses a request that does not fit to the connection, before the user is looked at. */
  checkScope?: (scope: UserScope) => void;
  /** Returns the changes, or refuses them. */
  decide: (user: User, scope: UserScope) => Promise<WantedUser>;
  /** Returns the answer to the caller. */
  answer: (user: User, scope: UserScope) => Promise<Answer>;
}

/** Changes the user of the path for the partner that sent the request. */
export const changeOwnUser = <Answer extends Response>(
  c: Context<AppEnv>,
  path: UserPath,
  { checkScope, decide, answer }: OwnChange<Answer>,
): Promise<Answer> =>
  refusingConflicts("change", () =>
    answerWrite(c, {
      read: (db, partner) => {
        const { user } = searchUser(partner, path);
        return [
          ...readOwnUser(db, partner, path),
          readUserAccounts(db, user),
          readAccountProgress(db, user, epochOf(user)),
          wantedUserEvents(db, partner),
        ];
      },
      lock: (db, partner) => lockOwnUser(db, partner, path),
      decide: async ([connection, found, accounts, progress, wanted]) => {
        const scope = toUserScope(c, connection);
        checkScope?.(scope);
        const user = existingUser(found);
        const write = { ...scope, actor: `partner:${scope.partnerId}` };
        const known = { accounts, progress, wanted };
        const plan = await planChange(write, user, await decide(user, scope), known);
        return {
          answer: await answer(plan.user, scope),
          build: (db) => (plan.user === user ? [] : [requireUser(db, user), ...plan.build(db)]),
        };
      },
    }),
  );
