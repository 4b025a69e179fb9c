import { useEffect, useState } from "preact/hooks";

/** How times are shown: how long ago they were, or exactly, in the viewer's time zone or in UTC. */
export const TIME_STYLES = ["ago", "local", "utc"] as const;
export type TimeStyle = (typeof TIME_STYLES)[number];

const KEY = "time-style";
const listeners = new Set<(style: TimeStyle) => void>();

const readTimeStyle = (): TimeStyle => {
  const kept = localStorage.getItem(KEY);
  return TIME_STYLES.find((style) => style === kept) ?? "ago";
};

/** Stores the choice in the browser, and shows all times this way. */
export function chooseTimeStyle(style: TimeStyle): void {
  localStorage.setItem(KEY, style);
  for (const listen of listeners) listen(style);
}

/** Returns the chosen style, and renders the component again when another is chosen. */
export function useTimeStyle(): TimeStyle {
  const [style, setStyle] = useState(readTimeStyle);
  useEffect(() => {
    listeners.add(setStyle);
    return () => void listeners.delete(setStyle);
  }, []);
  return style;
}
