import { useMemo, useState } from "preact/hooks";
import { FieldFrame, type FieldFrameProps } from "./field-frame.tsx";
import { useTimeStyle } from "../time/time-style.ts";
import { toIsoTime, toLocalTime } from "../time/local-time.ts";

/**
 * A field for a time, in UTC if the viewer has chosen it for times, otherwise in the viewer's time
 * zone. The form contains the time in UTC (ISO 8601).
 */
export function TimeField({ value = "", ...frame }: FieldFrameProps & { value?: string }) {
  const zone = useTimeStyle() === "utc" ? "utc" : "local";
  const [iso, setIso] = useState(value);
  // The input changes this text by itself, so it is computed again only for another zone.
  const initial = useMemo(() => toLocalTime(iso, zone), [zone]);
  return (
    <FieldFrame {...frame} {...(zone === "utc" && { label: `${frame.label} (UTC)` })}>
      {({ name, ...input }) => (
        <>
          <input
            {...input}
            type="datetime-local"
            key={zone}
            defaultValue={initial}
            onInput={(event) => setIso(toIsoTime(event.currentTarget.value, zone))}
          />
          <input type="hidden" name={name} value={iso} />
        </>
      )}
    </FieldFrame>
  );
}
