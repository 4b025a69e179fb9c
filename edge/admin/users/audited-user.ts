import type { User } from "../../../db/users/users.ts";
import { type AuditedFields, changedFields } from "../changed-fields.ts";

/**
 * Returns the fields whose values go into the audit log. For personal fields, the log contains only
 * the names of the fields, because the log is kept after the user is removed.
 */
const told = (user: User): AuditedFields => ({
  archived: user.archivedAt !== null,
  paused: user.pausedAt !== null,
  quarantined: user.state === "quarantined",
  enable_tracer: user.enableTracer,
  deliver_tracers: user.deliverTracers,
  imap_port: user.imapPort,
  imap_security: user.imapSecurity,
});

const untold = (user: User): AuditedFields => ({
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
  // Only the fleet quarantines users. An admin can only release them, so `user.quarantined` is
  // never recorded here.
  ["quarantined", "user.quarantined", "user.released"],
] as const;

export interface ToldChange {
  action: string;
  /**
   * `details.fields` contains the names of the changed fields whose values are not shown. `details`
   * is empty when there are no such fields.
   */
  details: AuditedFields;
  before?: AuditedFields;
  after?: AuditedFields;
}

/** Compares a user before and after a change, and returns what the audit log records. */
export function auditedChange(before: User, after: User): ToldChange {
  const changed = changedFields(told(before), told(after));
  const names = Object.keys(changedFields(untold(before), untold(after))?.after ?? {});
  const turned = ACTIONS.find(([name]) => changed?.after[name] !== undefined);
  const isRetry = !changed && names.length === 0 && after.credentialsAt !== before.credentialsAt;
  const usual = isRetry ? "user.retried" : "user.changed";
  const action = turned ? turned[changed?.after[turned[0]] === true ? 1 : 2] : usual;
  return { action, details: names.length > 0 ? { fields: names.join(" ") } : {}, ...changed };
}
