import type { Context } from "hono";
import { findUser, type User } from "../../../db/users/users.ts";
import type { AppEnv } from "../../app-env.ts";
import { mustFindConnection } from "../../connections/connection-writes.ts";
import { isStorable } from "../../text.ts";
import { userNotFound, type UserScope } from "../../users/user-writes.ts";

export async function findUserScope(c: Context<AppEnv>, code: string): Promise<UserScope> {
  const { db, partnerId } = c.var;
  return { partnerId, connection: await mustFindConnection(db, partnerId, code) };
}

/**
 * Returns the tag from a path.
 * @throws {AppError} when PostgreSQL cannot store the text, because then no user can have this tag.
 */
export function parseTag(param: string): string {
  if (!isStorable(param)) throw userNotFound();
  return param;
}

/**
 * Finds the user with this tag.
 * @throws {AppError} when there is no such user.
 */
export async function mustFindUser(
  c: Context<AppEnv>,
  connectionId: string,
  tagParam: string,
): Promise<User> {
  const user = await findUser(c.var.db, connectionId, parseTag(tagParam));
  if (!user) throw userNotFound();
  return user;
}
