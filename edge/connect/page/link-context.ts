import type { LinkedUser } from "../../../db/users/linked-user.ts";

/** What pages show of the link that the request belongs to, also when the request fails. */
export interface LinkContext {
  partner: LinkedUser["partner"];
  /** The user's address, if it is known. */
  email: string | null;
  /** The failure callback; null when there is none. */
  failure: string | null;
  /** The same link, to try again. */
  link: string;
}
