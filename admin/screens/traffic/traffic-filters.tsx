import { api, parseAnswer, until } from "../../api/client.ts";
import type { Failure } from "../../api/failure.ts";
import { PartnerField } from "../../parts/forms/partner-field.tsx";
import { SelectField } from "../../parts/forms/select-field.tsx";
import { Filters } from "../../parts/lists/filters.tsx";
import { useLoaded } from "../../parts/use-loaded.ts";
import type { ChartRange } from "./traffic-answer.ts";

export const RANGES: readonly (readonly [ChartRange, string])[] = [
  ["hour", "last hour"],
  ["day", "last 24 hours"],
  ["week", "last 7 days"],
  ["month", "last 30 days"],
];

interface TrafficFiltersProps {
  range: ChartRange;
  partnerId: string;
  providerId: string;
  failure: Failure | null;
}

/** The filters of the charts: a time range, a partner and a provider. */
export function TrafficFilters({ range, partnerId, providerId, failure }: TrafficFiltersProps) {
  const { loaded } = useLoaded((signal) => parseAnswer(api.providers.$get({}, until(signal))), {
    key: "",
  });
  const providers = loaded.step === "loaded" ? loaded.value.providers : [];
  const named = providers.map(({ id, title }) => [id, title] as const);
  const isKnown = providerId === "" || providers.some(({ id }) => id === providerId);
  return (
    <Filters
      key={`${range} ${partnerId} ${providerId}`}
      isFiltered={partnerId !== "" || providerId !== ""}
      failure={failure}
    >
      <SelectField name="range" label="Time" options={RANGES} value={range} />
      <PartnerField value={partnerId} />
      <SelectField
        name="provider_id"
        label="Provider"
        options={[["", "any"], ...named, ...(isKnown ? [] : [[providerId, providerId] as const])]}
        value={providerId}
      />
    </Filters>
  );
}
