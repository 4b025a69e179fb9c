import type { Failure } from "../../api/failure.ts";
import { Field } from "../../parts/forms/field.tsx";
import { Filters } from "../../parts/lists/filters.tsx";
import { PartnerField } from "../../parts/forms/partner-field.tsx";
import { SelectField } from "../../parts/forms/select-field.tsx";
import { TimeField } from "../../parts/forms/time-field.tsx";
import { EVENT_KIND_WORDS } from "../../parts/states/event-kind.ts";
import { type LetterQuery, STATE_WORDS } from "./letter-query.ts";

interface LetterFiltersProps {
  query: LetterQuery;
  failure: Failure | null;
}

const STATES = [["", "any"], ...Object.entries(STATE_WORDS)] as const;
const KINDS = [["", "any"], ...Object.entries(EVENT_KIND_WORDS)] as const;

export const LetterFilters = ({ query, failure }: LetterFiltersProps) => (
  <Filters key={JSON.stringify(query)} isFiltered={Object.keys(query).length > 0} failure={failure}>
    <PartnerField value={query.partner_id ?? ""} />
    <Field name="error" label="Reason" placeholder="500" value={query.error ?? ""} />
    <Field name="user_tag" label="User tag" value={query.user_tag ?? ""} />
    {query.user_id && <Field name="user_id" label="User id" value={query.user_id} />}
    <SelectField name="kind" label="Event" options={KINDS} value={query.kind ?? ""} />
    <SelectField name="state" label="State" options={STATES} value={query.state ?? ""} />
    <TimeField name="died_after" label="Failed after" value={query.died_after ?? ""} />
    <TimeField name="died_before" label="Failed before" value={query.died_before ?? ""} />
  </Filters>
);
