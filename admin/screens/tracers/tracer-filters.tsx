import { api, parseAnswer, until } from "../../api/client.ts";
import type { Failure } from "../../api/failure.ts";
import { Filters } from "../../parts/lists/filters.tsx";
import { PartnerField } from "../../parts/forms/partner-field.tsx";
import { SelectField } from "../../parts/forms/select-field.tsx";
import { useLoaded } from "../../parts/use-loaded.ts";

interface TracerFiltersProps {
  partnerId: string;
  userId: string;
  failure: Failure | null;
}

/** The filters of the list of tracers: by partner and by tracer user. */
export function TracerFilters({ partnerId, userId, failure }: TracerFiltersProps) {
  const { loaded } = useLoaded(
    (signal) =>
      parseAnswer(api.users.$get({ query: { tracer: "true", limit: "200" } }, until(signal))),
    { key: "" },
  );
  const users = loaded.step === "loaded" ? loaded.value.users : [];
  const named = users.map(({ id, tag, partner_name }) => [id, `${tag} · ${partner_name}`] as const);
  const isKnown = userId === "" || users.some(({ id }) => id === userId);
  return (
    <Filters
      key={`${partnerId} ${userId}`}
      isFiltered={partnerId !== "" || userId !== ""}
      failure={failure}
    >
      <PartnerField value={partnerId} />
      <SelectField
        name="user_id"
        label="User"
        options={[["", "any"], ...named, ...(isKnown ? [] : [[userId, userId] as const])]}
        value={userId}
      />
    </Filters>
  );
}
