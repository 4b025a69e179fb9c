import { chooseTimeStyle, type TimeStyle, useTimeStyle } from "../parts/time/time-style.ts";
import { Switch } from "./switch.tsx";

const TITLES: Record<TimeStyle, string> = { ago: "Ago", local: "Local", utc: "UTC" };

/** Chooses how times are shown. */
export const TimeSwitch = () => (
  <Switch
    legend="Times"
    name="time-style"
    options={TITLES}
    chosen={useTimeStyle()}
    onChoose={chooseTimeStyle}
  />
);
