import type { Context } from "hono";
import type { Db } from "../../../db/client.ts";
import { connectionOf, findConnection } from "../../../db/partners/connections.ts";
import type { Ref } from "../../../db/query.ts";
import { findVersionedUser, lockUser, userOf } from "../../../db/users/users.ts";
import type { AppEnv } from "../../app-env.ts";
import { existing } from "../../connections/connection-writes.ts";
import { toSearched } from "../../text.ts";
import { userNotFound, type UserScope } from "../../users/user-writes.ts";

/** The parameters of a path below a connection. */
export interface UserPath {
  code: string;
  tag: string;
}

/** Returns the tag of the path, and SQL that finds the connection and the user of the path. */
export function searchUser(partner: Ref, { code, tag: param }: UserPath) {
  const connection = connectionOf(partner, toSearched(code));
  const tag = toSearched(param);
  return { tag, connection, user: userOf(connection, tag) };
}

/** Returns the queries of the connection and the user of the path, for a write to the user. */
export function readOwnUser(db: Db, partner: Ref, path: UserPath) {
  const { connection, tag } = searchUser(partner, path);
  return [
    findConnection(db, partner, toSearched(path.code)),
    findVersionedUser(db, connection, tag),
  ] as const;
}

/** Locks the user of the path. */
export function lockOwnUser(db: Db, partner: Ref, path: UserPath) {
  const { connection, tag } = searchUser(partner, path);
  return [lockUser(db, connection, tag)];
}

/** @throws {AppError} when there is no such connection. */
export const toUserScope = (
  c: Context<AppEnv>,
  connection: UserScope["connection"] | undefined,
): UserScope => ({ partnerId: c.var.partnerId, connection: existing(connection) });

/** @throws {AppError} when there is no such user. */
export function existingUser<T>(user: T | undefined): T {
  if (user === undefined) throw userNotFound();
  return user;
}
