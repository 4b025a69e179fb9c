import { useState } from "preact/hooks";
import { FieldFrame, type FieldFrameProps } from "./field-frame.tsx";
import { toIsoTime, toLocalTime } from "../time/local-time.ts";

/** A field for a time in the viewer's time zone. The form contains the time in UTC (ISO 8601). */
export function TimeField({ value = "", ...frame }: FieldFrameProps & { value?: string }) {
  const [iso, setIso] = useState(value);
  return (
    <FieldFrame {...frame}>
      {({ name, ...input }) => (
        <>
          <input
            {...input}
            type="datetime-local"
            defaultValue={toLocalTime(value)}
            onInput={(event) => setIso(toIsoTime(event.currentTarget.value))}
          />
          <input type="hidden" name={name} value={iso} />
        </>
      )}
    </FieldFrame>
  );
}
