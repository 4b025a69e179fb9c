import * as v from "valibot";
import { USER_STATES } from "../../../shared/users/user-states.ts";
import { flag, line } from "../../text.ts";
import { changedUser as partnersChange, newUser as partnersNew } from "../../users/user-schemas.ts";

const truth = v.exactOptional(v.boolean("must be true or false"));
/** Whether tracers are sent to the user, and whether those are delivered like other mail. */
const tracers = { enable_tracer: truth, deliver_tracers: truth };

/** What partners send, and what only admins decide. */
export const newUser = v.strictObject({ ...partnersNew.entries, ...tracers });
export type NewUser = v.InferOutput<typeof newUser>;

export const changedUser = v.strictObject({
  ...partnersChange.entries,
  ...tracers,
  paused: truth,
  /** Releases a user whose mail server has hurt us. */
  quarantined: v.exactOptional(v.literal(false, "must be false: only the fleet quarantines")),
});
export type ChangedUser = v.InferOutput<typeof changedUser>;

const id = v.optional(line(64));

/** What users are looked for by; all of it must be true. */
export const userSearch = {
  /** How the tag or the e-mail address begins, in any case. */
  text: v.optional(line(320)),
  partner_id: id,
  connection_id: id,
  state: v.optional(v.picklist(USER_STATES, `must be one of ${USER_STATES.join(", ")}`)),
  archived: v.optional(flag("true: only archived ones; false: only living ones.")),
  tracer: v.optional(flag("true: only tracers; false: only others.")),
};
