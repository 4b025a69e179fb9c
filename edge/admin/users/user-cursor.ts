import type { UserOrder, UserPosition } from "../../../db/users/user-orders.ts";
import { decodeCursor, encodeCursor } from "../../paging/cursor.ts";
import { isRowId } from "../row-id.ts";

/** Returns the cursor of a list of users in this order. */
export const encodeUserPosition = (order: UserOrder, { key, id }: UserPosition): string =>
  encodeCursor(`${order} ${id} ${key}`);

/** The format of `exactTime()`. */
const TIME = /^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{6}Z$/;
const KEYS: Readonly<Record<UserOrder, (key: string) => boolean>> = {
  created: (key) => key === "",
  "-created": (key) => key === "",
  tag: (key) => !key.includes("\0"),
  "-tag": (key) => !key.includes("\0"),
  state_changed: isTime,
  "-state_changed": isTime,
};

function isTime(key: string): boolean {
  return TIME.test(key) && !Number.isNaN(Date.parse(key));
}

/** Decodes a cursor of the list in this order. Returns undefined for any other text. */
export function decodeUserPosition(order: UserOrder, cursor: string): UserPosition | undefined {
  const [, own, id = "", key = ""] = /^(\S+) (\S+) (.*)$/s.exec(decodeCursor(cursor)) ?? [];
  return own === order && isRowId("usr", id) && KEYS[order](key) ? { key, id } : undefined;
}
