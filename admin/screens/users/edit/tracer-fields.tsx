import { CheckField } from "../../../parts/forms/check-field.tsx";
import type { Fields } from "../../../parts/forms/fields.ts";
import type { ShownUser } from "./user-fields.tsx";

/** The two form fields for tracers. Only admins can set them. Both are off for a new user. */
export const TracerFields = ({ user }: { user?: ShownUser }) => (
  <>
    <CheckField
      name="enable_tracer"
      label="Tracer"
      hint="For measuring end-to-end latency: SuperIMAP sends mails to its address automatically."
      isChecked={user?.enable_tracer ?? false}
    />
    <CheckField
      name="deliver_tracers"
      label="Deliver its tracers"
      hint="Also calls the partner's webhook for them, so that the delivery is measured, too."
      isChecked={user?.deliver_tracers ?? false}
    />
  </>
);

export const tracerInput = (fields: Fields) => ({
  enable_tracer: fields["enable_tracer"] === "true",
  deliver_tracers: fields["deliver_tracers"] === "true",
});
