import * as v from "valibot";
import { USER_STATES } from "../../../shared/users/user-states.ts";
import { booleanField, line } from "../../text.ts";
import { changedUser as partnersChange, newUser as partnersNew } from "../../users/user-schemas.ts";

const truth = v.exactOptional(v.boolean("must be true or false"));
/** Whether tracers are sent to the user, and whether tracers are delivered like other mail. */
const tracers = { enable_tracer: truth, deliver_tracers: truth };

/** The fields that partners may send, plus the fields for admins only. */
export const newUserWithTracer = v.strictObject({ ...partnersNew.entries, ...tracers });
export type NewUserWithTracer = v.InferOutput<typeof newUserWithTracer>;

export const changedUserWithTracer = v.strictObject({
  ...partnersChange.entries,
  ...tracers,
  paused: truth,
  /** True makes a user whose login fails log in again now. */
  retry: v.exactOptional(v.literal(true, "must be true")),
  /** False releases a quarantined user. */
  quarantined: v.exactOptional(
    v.literal(false, "must be false: only the fleet can quarantine a user"),
  ),
});
export type ChangedUserWithTracer = v.InferOutput<typeof changedUserWithTracer>;

const id = v.optional(line(64));

/** Filters for users; all of them must match. */
export const userSearch = {
  /** The beginning of the tag or of the email address; case is ignored. */
  text: v.optional(line(320)),
  partner_id: id,
  connection_id: id,
  state: v.optional(v.picklist(USER_STATES, `must be one of ${USER_STATES.join(", ")}`)),
  /** A code from docs/errors.md, such as `wrong_password`. */
  reason: v.optional(line(64)),
  /** The mail server's host, in any case. */
  host: v.optional(line(255)),
  /** The code of the provider. */
  provider: v.optional(line(64)),
  archived: v.optional(booleanField("true: only archived ones; false: only living ones.")),
  tracer: v.optional(booleanField("true: only tracers; false: only others.")),
};
