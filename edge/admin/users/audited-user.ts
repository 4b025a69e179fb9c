import type { User } from "../../../db/users/users.ts";
import { changedFields, type Fields } from "../changed-fields.ts";

/**
 * What the audit log tells of a user. Of who the account belongs to it has nothing, since it outlives
 * the user: of these fields it says only that they changed.
 */
const told = (user: User): Fields => ({
  archived: user.archivedAt !== null,
  paused: user.pausedAt !== null,
  quarantined: user.state === "quarantined",
  enable_tracer: user.enableTracer,
  deliver_tracers: user.deliverTracers,
  imap_port: user.imapPort,
  imap_security: user.imapSecurity,
});

const untold = (user: User): Fields => ({
  tag: user.tag,
  email: user.email,
  login_username: user.loginUsername,
  login_password: user.sealedLoginPassword,
  oauth2_refresh_token: user.sealedRefreshToken,
  imap_host: user.imapHost,
});

const ACTIONS = [
  ["archived", "user.archived", "user.restored"],
  ["paused", "user.paused", "user.resumed"],
  // Only the fleet quarantines: here it is released, or paused instead.
  ["quarantined", "user.quarantined", "user.released"],
] as const;

export interface ToldChange {
  action: string;
  /** Names of the fields whose values are not told. */
  details: Fields;
  before?: Fields;
  after?: Fields;
}

/** A user's change for the audit log. */
export function auditedChange(before: User, after: User): ToldChange {
  const changed = changedFields(told(before), told(after));
  const names = Object.keys(changedFields(untold(before), untold(after))?.after ?? {});
  const turned = ACTIONS.find(([name]) => changed?.after[name] !== undefined);
  const action = turned ? turned[changed?.after[turned[0]] === true ? 1 : 2] : "user.changed";
  return { action, details: names.length > 0 ? { fields: names.join(" ") } : {}, ...changed };
}
