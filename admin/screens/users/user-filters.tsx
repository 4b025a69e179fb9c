import { useState } from "preact/hooks";
import { REASON_CODES } from "../../../shared/users/reasons.ts";
import type { Failure } from "../../api/failure.ts";
import { Field } from "../../parts/forms/field.tsx";
import { Filters } from "../../parts/lists/filters.tsx";
import { PartnerField } from "../../parts/forms/partner-field.tsx";
import { SelectField } from "../../parts/forms/select-field.tsx";
import { shortenReason, USER_STATE_WORDS } from "../../parts/states/user-state-badge.tsx";
import { ConnectionField } from "./edit/connection-field.tsx";
import type { UsersQuery } from "./users-query.ts";

const STATES = Object.entries(USER_STATE_WORDS).map(
  ([state, [, words]]) => [state, words] as const,
);

/** The reasons for a state, by what happened; the rest of each text says what to do. */
const REASONS = REASON_CODES.map((code) => [code, shortenReason(code)] as const);

export function UserFilters({ asked, failure }: { asked: UsersQuery; failure: Failure | null }) {
  const [partnerId, setPartnerId] = useState(asked.partner_id ?? "");
  return (
    <Filters isFiltered={Object.keys(asked).length > 0} failure={failure}>
      <Field
        name="text"
        label="Tag or e-mail"
        placeholder="starts with…"
        value={asked.text ?? ""}
      />
      <SelectField
        name="state"
        label="State"
        options={[["", "any"], ...STATES]}
        value={asked.state ?? ""}
      />
      <SelectField
        name="reason"
        label="Reason"
        options={[["", "any"], ...REASONS]}
        value={asked.reason ?? ""}
      />
      <Field
        name="host"
        label="Mail server"
        placeholder="imap.example.com"
        value={asked.host ?? ""}
      />
      <PartnerField value={asked.partner_id ?? ""} onChoose={setPartnerId} />
      <ConnectionField partnerId={partnerId} value={asked.connection_id ?? ""} none="any" />
    </Filters>
  );
}
